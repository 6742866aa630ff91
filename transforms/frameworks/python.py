"""Functions and classes of plain Python: what they take, call, refuse and change.

Joins and controls judge guards and handlers by these facts, never by a name alone. A call is kept by reference. Where
the receiver is a parameter or a local name, its annotation or the call that made it says the type:
`users: UserService` makes `users.find()` a call of `app.services.UserService.find`, and `store = Store()` makes
`store.save()` a call of `app.stores.Store().save`, where `()` reads "the result of calling".
"""

import dataclasses
import re
from collections.abc import Iterator

import libcst as cst

from transforms.concepts import Class, Constant, Function, Instance, Parameter, Place, Signal
from transforms.frameworks import python_effects as effects
from transforms.frameworks.python_announced import TOKENS, matters
from transforms.frameworks.python_constants import answers_constants
from transforms.frameworks.python_credulous import credulity
from transforms.frameworks.python_memory import changed, kept_in
from transforms.frameworks.python_paths import path_rules
from transforms.frameworks.python_references import annotated_type, flags, named, owner_class, path_constant, reference
from transforms.frameworks.python_statuses import handed_up, status_from, status_of
from transforms.frameworks.python_unsigned import believes_unsigned, reads_unsigned
from transforms.walk import Handlers, Walk, all_parameters, argument, descendants, dotted_name

__all__ = ["NAME", "TOKENS", "matters", "read", "without_strings"]

NAME = "python"
_CATCHES_REFUSALS = frozenset({"BaseException", "Exception", "HTTPException", "StarletteHTTPException"})
# Where in their arguments stands the function that they run in a thread.
_RUNS_ELSEWHERE = {"to_thread": 0, "run_in_threadpool": 0, "run_in_executor": 1, "run_sync": 0, "sync_to_async": 0}
_EMPTY_STRING = re.compile(r"""(['"])(?:(?!\1).)*\1""")


@dataclasses.dataclass(slots=True, eq=False)
class _Body:
    """What is gathered about one function or class while the walk is inside."""

    receivers: dict[str, str] = dataclasses.field(default_factory=dict)  # local name -> reference of its type
    calls: dict[str, None] = dataclasses.field(default_factory=dict)
    statuses: dict[int, None] = dataclasses.field(default_factory=dict)
    caught: dict[str, None] = dataclasses.field(default_factory=dict)
    answers: set[bool] = dataclasses.field(default_factory=set)  # True: something, False: None
    by_path: bool = False
    gives: dict[str, None] = dataclasses.field(default_factory=dict)


def read(walk: Walk) -> Handlers:
    """Leave Function, Class and Instance facts, and signals about what function bodies do."""
    reader = _Reader(walk)
    return {
        cst.FunctionDef: reader.function,
        cst.ClassDef: reader.class_,
        cst.Call: reader.call,
        cst.Raise: reader.raised,
        cst.Return: reader.returned,
        cst.Assign: reader.assigned,
        cst.AnnAssign: reader.annotated,
        cst.With: reader.with_,
        cst.Try: reader.try_,
        cst.Subscript: reader.subscript,
        cst.Attribute: reader.attribute,
        cst.AugAssign: reader.changed,
        cst.Del: reader.changed,
    }


class _Reader:
    """The handlers; `bodies` are keyed by symbol and stay until their facts are built."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.bodies: dict[str, _Body] = {}
        self.outside: set[int] = set()  # ids of calls in decorators, defaults, annotations: run when it is defined
        self.unsigned: set[int] = set()  # ids of calls that read a token without its signature
        self.verifying: set[int] = set()  # ids of calls that look at a credential
        self.kept = kept_in(walk.tree)  # names of what the module keeps in memory
        self.swallowed: set[int] = set()  # ids of the nodes whose errors an `except` around them drops

    def function(self, node: cst.FunctionDef) -> None:
        symbol = f"{self.walk.symbol}.{node.name.value}"
        parameters = all_parameters(node)
        described = [self._parameter(each) for each in parameters]
        types = {each.name: each.reference for each in described if each.reference and each.reference != "self"}
        body = self.bodies[symbol] = _Body(receivers=types)
        decorators = tuple(filter(None, (self._decorator(each) for each in node.decorators)))
        walk = self.walk

        def build(place: Place, *places: Place) -> Function:
            return Function(
                symbol=symbol,
                place=place,
                is_async=node.asynchronous is not None,
                parameters=tuple(
                    dataclasses.replace(each, place=where) for each, where in zip(described, places, strict=True)
                ),
                decorators=decorators,
                calls=tuple(body.calls),
                raises=tuple(sorted(body.statuses)),
                signals=tuple(sorted(walk.signals.get(symbol, ()))),
                file=walk.path,
                caught=tuple(body.caught),
                optional=len(body.answers) == 2,
                by_path=(by_path := body.by_path or Signal.READS_PATH in walk.signals.get(symbol, ())),
                path_rules=path_rules(walk.tree, node) if by_path else (),
                credulous=(shown_to := credulity(node, walk.signals.get(symbol, set()))) is not None,
                shown_to=shown_to or (),
                unsigned=bool(self.unsigned) and believes_unsigned(node, self.unsigned, self.verifying),
                gives=tuple(body.gives),
                constant=answers_constants(node),
            )

        walk.emit(build, node, *parameters)
        for part in (*node.decorators, node.params):
            self.outside.update(id(each) for each in descendants(part, cst.Call))

    def class_(self, node: cst.ClassDef) -> None:
        symbol = f"{self.walk.symbol}.{node.name.value}"
        body = self.bodies[symbol] = _Body()
        heads = (base.value.value if isinstance(base.value, cst.Subscript) else base.value for base in node.bases)
        bases = tuple(filter(None, map(self.reference, heads)))  # `Repository[Order]` is a Repository
        methods = tuple(each.name.value for each in node.body.body if isinstance(each, cst.FunctionDef))
        fields = tuple(_annotated_names(node))
        members = tuple(_assigned_names(node))
        path = self.walk.path

        def build(place: Place) -> Class:
            return Class(symbol, place, bases, methods, path, tuple(sorted(body.statuses)), fields, members)

        self.walk.emit(build, node)

    def call(self, node: cst.Call) -> None:
        if id(node) in self.outside:
            return
        reference = self.reference(node.func)
        swallowed = id(node) in self.swallowed or "optional=True" in flags(node)
        for status in filter(None, (status_of(node), *handed_up(node))):
            if not swallowed:
                self._refuse(status)
        if reference is not None and self._worth_keeping(node.func, reference):
            self._keep(reference, swallowed=swallowed)
        if (handed := run_elsewhere(node)) is not None and (run := self.reference(handed)) and "." in run:
            self._keep(run, swallowed=swallowed)
        if reference is not None and reads_unsigned(node, reference):
            self.unsigned.add(id(node))
        elif reference is not None and effects.verifies(node, reference):
            self.verifying.add(id(node))
        for signal in effects.of_call(node, reference, self._is_request):
            if signal is not Signal.WRITES or not self._ends_what_others_did(node):
                self.walk.signal(signal)
        self.changed(node)
        if effects.runs_given(node, reference, self._parameters()):
            self.walk.signal(Signal.RUNS_GIVEN)

    def _ends_what_others_did(self, node: cst.Call) -> bool:
        """`yield session` and then `session.commit()`: whether anything was changed, the caller's code says."""
        scope = self.walk.function
        if scope is None or not isinstance(node.func, cst.Attribute) or node.func.attr.value != "commit":
            return False
        return any(descendants(scope.node, cst.Yield))

    def raised(self, node: cst.Raise) -> None:
        """`raise error` without a call: the class or instance is kept like a call; `raise Error(401, "no")`."""
        if isinstance(node.exc, cst.Call) and id(node) not in self.swallowed:
            for status in filter(None, (status_from(each.value) for each in node.exc.args)):
                self._refuse(status)
        if isinstance(node.exc, cst.Name | cst.Attribute) and (reference := self.reference(node.exc)):
            self._keep(reference, swallowed=id(node) in self.swallowed)

    def returned(self, node: cst.Return) -> None:
        """`return body, 401`; and whether it answers None."""
        if body := self._body():
            nothing = node.value is None or (isinstance(node.value, cst.Name) and node.value.value == "None")
            body.answers.add(not nothing)
            if node.value is not None and not nothing:
                body.gives[self._given(node.value)] = None
        if isinstance(node.value, cst.Tuple) and len(node.value.elements) > 1:
            status = status_from(node.value.elements[1].value)
            if status is not None:
                self._refuse(status)

    def _given(self, node: cst.BaseExpression) -> str:
        if isinstance(node, cst.Name) and node.value in self._parameters():
            return f"{self.walk.symbol}.{node.value}"
        return self.reference(node) or "?"

    def changed(self, node: cst.CSTNode) -> None:
        """`NOTES[key] = text` of a dictionary at the top of the module."""
        inner = self.walk.function
        for name in changed(node, self.kept) if inner is not None else ():
            if not any(name in scope.names for scope in self.walk.scopes[1:] if scope.is_function):
                self.walk.signal(Signal.CHANGES_STATE)

    def assigned(self, node: cst.Assign) -> None:
        self.changed(node)
        for target in node.targets:
            self._bind(target.target, node.value)
            self._constant(target.target, node.value)
        self._status_attribute(node.targets[0].target, node.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        if isinstance(node.target, cst.Name) and (body := self._body()):
            reference = annotated_type(self.walk, node.annotation.annotation)
            if reference:
                body.receivers[node.target.value] = reference
        if node.value is not None:
            self._constant(node.target, node.value)
            self._status_attribute(node.target, node.value)
            if self.walk.function is None or isinstance(node.target, cst.Attribute):
                self._bind(node.target, node.value)

    def with_(self, node: cst.With) -> None:
        """`with Session() as session`."""
        for item in node.items:
            if item.asname is not None and isinstance(item.asname.name, cst.Name):
                self._bind(item.asname.name, item.item)

    def try_(self, node: cst.Try) -> None:
        """Whatever an `except` drops without raising anew refuses nobody."""
        if any(_drops_refusals(handler) for handler in node.handlers):
            self.swallowed.update(id(each) for each in descendants(node.body, cst.Call, cst.Raise))

    def subscript(self, node: cst.Subscript) -> None:
        for signal in effects.of_subscript(node, self._is_request):
            self.walk.signal(signal)

    def attribute(self, node: cst.Attribute) -> None:
        for signal in effects.of_attribute(node, self._is_request):
            self.walk.signal(signal)
        if node.attr.value in ("path", "path_info") and (body := self._body()):
            of_url = isinstance(node.value, cst.Attribute) and node.value.attr.value == "url"
            body.by_path |= of_url or (self._is_request(node.value) and dotted_name(node.value) != "self")

    def reference(self, node: cst.BaseExpression) -> str | None:
        """The reference of an expression, with the types of parameters and local names filled in."""
        return reference(self.walk, node, self._name)

    def _name(self, name: str) -> str:
        for scope in reversed(self.walk.scopes):
            body = self.bodies.get(scope.symbol)
            if body is not None and name in body.receivers:
                return body.receivers[name]
        return named(self.walk, name)

    def _parameters(self) -> frozenset[str]:
        scope = self.walk.function
        inner = scope.node if scope is not None and isinstance(scope.node, cst.FunctionDef) else None
        return frozenset(each.name.value for each in all_parameters(inner)) if inner is not None else frozenset()

    def _is_request(self, node: cst.BaseExpression) -> bool:
        return effects.is_request(node, self.reference(node))

    def _body(self) -> _Body | None:
        return self.bodies.get(self.walk.symbol)

    def _keep(self, reference: str, *, swallowed: bool = False) -> None:
        for scope in self.walk.scopes:
            if scope.is_function and (body := self.bodies.get(scope.symbol)):
                body.calls[reference] = None
                if swallowed:
                    body.caught[reference] = None

    def _refuse(self, status: int) -> None:
        for scope in self.walk.scopes:
            if scope.is_function and (body := self.bodies.get(scope.symbol)):
                body.statuses[status] = None
        if status in (401, 403):
            self.walk.signal(Signal.REFUSES)

    def _status_attribute(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        """`status_code = 401` in a class body or an `__init__`."""
        name = target.attr.value if isinstance(target, cst.Attribute) else getattr(target, "value", "")
        if name not in ("status_code", "status", "code") or (status := status_from(value)) is None:
            return
        owner = owner_class(self.walk) if self.walk.function else self.walk.symbol
        if body := self.bodies.get(owner or ""):
            body.statuses[status] = None

    def _constant(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        if isinstance(target, cst.Name) and self.walk.function is None and (path := path_constant(self.walk, value)):
            constant = Constant(f"{self.walk.symbol}.{target.value}", path)
            self.walk.emit(lambda: constant)

    def _bind(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        """Remember what a name holds: for the rest of a function, or as a fact of the module or class."""
        reference = (
            self.reference(value) if isinstance(value, cst.Call | cst.Await | cst.Name | cst.Attribute) else None
        )
        symbol: str | None = None
        match target:
            case cst.Name(value=name) if self.walk.function is not None:
                holds = isinstance(value, cst.Call | cst.Await) or effects.is_caller(value, self._is_request)
                self._bind_local(name, reference if holds else None)
            case cst.Name(value=name) if isinstance(value, cst.Call):
                symbol = f"{self.walk.symbol}.{name}"
            case cst.Attribute(value=cst.Name(value="self"), attr=attr) if reference != "None" and (
                owner := owner_class(self.walk)
            ):  # what is not there yet, or no more, is what it is at other times
                symbol = f"{owner}.{attr.value}"
        if symbol and reference:
            call = value if isinstance(value, cst.Call) else None
            status = status_of(call) if call is not None else None
            instance = Instance(symbol, reference, (status,) if status else (), flags(call) if call else ())
            self.walk.emit(lambda: instance)

    def _bind_local(self, name: str, reference: str | None) -> None:
        if (body := self._body()) is None:
            return
        if reference:
            body.receivers[name] = reference
        else:
            body.receivers.pop(name, None)

    def _worth_keeping(self, func: cst.BaseExpression, reference: str) -> bool:
        """Neither a builtin nor a method of something unknown."""
        if isinstance(func, cst.Name):
            return "." in reference
        around = [scope.symbol for scope in self.walk.scopes if scope.is_function]
        return not any(reference.startswith(f"{symbol}.") for symbol in around)

    def _decorator(self, node: cst.Decorator) -> str | None:
        called = node.decorator.func if isinstance(node.decorator, cst.Call) else node.decorator
        return self.reference(called)

    def _parameter(self, node: cst.Param) -> Parameter:
        annotation = node.annotation.annotation if node.annotation is not None else None
        return Parameter(
            name=node.name.value,
            annotation=self.walk.code(annotation, 200) if annotation is not None else None,
            reference=annotated_type(self.walk, annotation) if annotation is not None else None,
            default=without_strings(self.walk.code(node.default)) if node.default is not None else None,
            starred=node.star in ("*", "**"),
        )


def _assigned_names(node: cst.ClassDef) -> Iterator[str]:
    for statement in node.body.body:
        match statement:
            case cst.SimpleStatementLine(body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))])]):
                yield name


def _annotated_names(node: cst.ClassDef) -> Iterator[str]:
    for statement in node.body.body:
        match statement:
            case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name))]):
                yield name


def _drops_refusals(handler: cst.ExceptHandler) -> bool:
    kinds = (
        [handler.type]
        if handler.type is None or not isinstance(handler.type, cst.Tuple)
        else [element.value for element in handler.type.elements]
    )
    names = {(dotted_name(kind) or "").rpartition(".")[2] for kind in kinds if kind is not None} or {"BaseException"}
    return not _CATCHES_REFUSALS.isdisjoint(names) and not any(
        isinstance(each, cst.Raise) for each in descendants(handler.body)
    )


def run_elsewhere(node: cst.Call) -> cst.BaseExpression | None:
    """The function that a call lets run in another thread: `await asyncio.to_thread(store, row)`."""
    name = node.func.attr.value if isinstance(node.func, cst.Attribute) else dotted_name(node.func)
    position = _RUNS_ELSEWHERE.get(name or "")
    given = argument(node, "func", position) if position is not None else None
    return given if isinstance(given, cst.Name | cst.Attribute) else None


def without_strings(code: str) -> str:
    return _EMPTY_STRING.sub(r"\1\1", code)[:200]
