"""Whether a route asks for a role, judged by reading what its guards and its handler compare, never by a name.

A role is asked for where something that belongs to the caller (a role, a flag such as `is_admin`, a permission, a
scope) decides whether they are refused. It may be asked in a dependency, in a decorator, in the handler, or in a
function that one of them calls. A guard of a library is known by its reference (`known_guards`). What cannot be read is
*unknown*.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from transforms.access import Answer, Trace
from transforms.callers import Source
from transforms.concepts import Function, GuardUse, How, Place, Route
from transforms.concepts_data import Condition, Entity
from transforms.known_guards import asks_for_a_role, is_plain_login
from transforms.ownership import holds_people
from transforms.role_words import REFUSALS, ROLE, VERIFYING, speaks_of_roles
from transforms.shared_secrets import shared_secret
from transforms.ways import Around

if TYPE_CHECKING:
    from transforms.app import App

DEEPEST = 4  # functions that a guard's question is followed through
# What Flask and Django hand over of a request, as its sender wrote it.
SENT = re.compile(r"(?:^|[.@])request\.(?:form|args|json|values|get_json\(\)|POST|GET|data|query_params)(?:\.|$)")
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_ERRORS = frozenset(
    {"Exception", "HTTPException", "PermissionError", "ValueError", "RuntimeError"}
)  # what errors are made of
_REFUSING = frozenset({"PermissionDenied", "PermissionError", "Forbidden", "NotAuthorized", "AccessDenied"})
_ANSWERING = ("has_permission", "has_object_permission", "test_func", "is_accessible")  # methods whose False refuses
_ENDING = frozenset({"dispatch", "initial", "check_permissions", "setup"})  # what they return is the answer
_INSERTED = frozenset({"require_role", "role_required"})
_RUN = ("__call__", "dispatch", "__init__", VERIFYING, *_ANSWERING)
_FLAGS = frozenset({"superuser=True", "is_superuser=True", "admin=True", "admin_only=True", "is_staff=True"})


@dataclass(frozen=True, slots=True)
class RoleCheck:
    """The answer for one route or guard, and what shows it; `guard` is what asks."""

    answer: Answer
    traces: tuple[Trace, ...] = ()
    guard: GuardUse | None = None
    partly: bool = False  # some who are let in are asked, and others are not

    @property
    def is_there(self) -> bool:
        """A role is asked for."""
        return self.answer is Answer.YES

    @property
    def is_missing(self) -> bool:
        """Everybody who is let in may do it."""
        return self.answer is Answer.NO


NONE = RoleCheck(Answer.NO)


class Roles:
    """What the guards and handlers of one app ask about roles; each callable is read once."""

    def __init__(self, app: "App") -> None:
        self.app = app
        self._read: dict[tuple[str, bool, bool, bool], RoleCheck] = {}
        self._checks: dict[Route, RoleCheck] = {}

    def check(self, route: Route) -> RoleCheck:
        """Whether only callers with a role get to what a route of `app.endpoints` does."""
        if route not in self._checks:
            self._checks[route] = self._check(route)
        return self._checks[route]

    def _check(self, route: Route) -> RoleCheck:
        unknown: RoleCheck | None = None
        for use in route.guards:
            found = self.guard(use)
            if found.answer is Answer.YES and not (_READS.issuperset(route.methods) and self._spares_reads(use.target)):
                return RoleCheck(Answer.YES, found.traces, use)
            if found.answer is Answer.UNKNOWN:
                unknown = unknown or RoleCheck(Answer.UNKNOWN, found.traces, use, found.partly)
        inline = self._in_handler(route)
        if inline is not None:
            return self._way_around(route.handler, in_handler=True) or RoleCheck(Answer.YES, (inline,))
        return unknown or self._by_key(route) or self._of_the_only_accounts(route) or NONE

    def guard(self, use: GuardUse) -> RoleCheck:
        """Whether one guard, as it stands in front of a route, asks for a role."""
        name = use.target or use.code
        if (
            asks_for_a_role(use.target, use.code)
            or _FLAGS.intersection(use.flags)
            or self._came_with_a_patch(use.target)
        ):
            return _of(use, Answer.YES, f"{name} asks for a role")
        if use.scopes and self._minds_scopes(use.target):
            return _of(use, Answer.YES, f"asks for {', '.join(use.scopes)}")
        if use.predicates:
            return self._of_predicates(use)
        ends = use.code.startswith("@") or _name(use.target) in _ENDING
        found = self.callable(use.target, wraps=ends, middleware=use.how is How.MIDDLEWARE)
        reading = self.app.judge.guard(use) if found.answer is Answer.NO else None
        if reading is None or reading.answer is not Answer.UNKNOWN:
            return found
        return (
            RoleCheck(Answer.UNKNOWN, reading.traces, use)
            if reading.unset
            else _of(use, Answer.UNKNOWN, f"{name} cannot be read")
        )

    def callable(
        self, target: str, *, wraps: bool = False, middleware: bool = False, predicate: bool = False
    ) -> RoleCheck:
        """Whether a callable of the app, by its symbol, asks for a role; NO for what is not the app's.

        `predicate`: it refuses by what it answers, True or False.
        """
        key = (target, wraps, middleware, predicate)
        if key not in self._read:
            self._read[key] = NONE  # a dependency on itself adds nothing
            self._read[key] = self._callable(target, wraps=wraps, middleware=middleware, predicate=predicate)
        return self._read[key]

    def _of_predicates(self, use: GuardUse) -> RoleCheck:
        """Of the predicates that a guard asks one has to say yes: each has to ask for a role."""
        found = [self._of_predicate(use, each) for each in use.predicates]
        asking = [each for each in found if each.answer is Answer.YES]
        if len(asking) == len(found):
            return asking[0]
        if asking or self.app.judge.guard(use).answer is Answer.UNKNOWN:
            return _of(use, Answer.UNKNOWN, f"{use.target or use.code} may ask for a role")
        return NONE

    def _came_with_a_patch(self, target: str) -> bool:
        """Whether it is the check of the inserted module, whose text is known."""
        made_by = target.removesuffix("()")
        facts = self.app.files.get(self.app.file_of(made_by))
        inserted = facts is not None and facts.inserted is not None and facts.inserted[0] == "auth"
        return inserted and _name(made_by) in _INSERTED

    def _of_predicate(self, use: GuardUse, predicate: str) -> RoleCheck:
        if asks_for_a_role(predicate) or self._came_with_a_patch(predicate):
            return _of(use, Answer.YES, f"{predicate} asks for a role")
        return self.callable(predicate, predicate=True)

    @cached_property
    def exist(self) -> bool:
        """Whether the app knows roles at all: some condition asks for one, or its users have a column for it."""
        asked = any(self.is_about_roles(each) for found in self.app.conditions.values() for each in found)
        return asked or self.are_kept

    @cached_property
    def are_kept(self) -> bool:
        """Whether the rows of the app's users say which role somebody has."""
        people = (*self.app.tenancy().ownership.people.values(), *self.people)
        return any(ROLE.fullmatch(column.name) is not None for entity in people for column in entity.columns)

    @cached_property
    def people(self) -> tuple[Entity, ...]:
        """The classes that hold the app's users, whether their table is named or not."""
        return tuple(filter(holds_people, self.app.entities))

    def spares_own(self, route: Route) -> bool:
        """Whether the handler compares what the request chose with who is calling, and refuses: one's own account."""
        return any(
            self._is_of_owner(symbol, pair.left, pair.right)
            for symbol in self.app.reaching.below(route.handler)
            for condition in self.app.conditions.get(symbol, ())
            if not condition.decided and self.refuses(condition, leaving=symbol == route.handler)
            for pair in condition.pairs
        )

    def _is_of_owner(self, function: str, left: str, right: str) -> bool:
        """Whether one side is the caller's and the other something that is not: what was sent, or a row."""
        principals = self.app.callers.principals(function)
        for caller, other in ((left, right), (right, left)):
            heads = {origin.partition(".")[0] for origin in other.split()}
            elsewhere = bool(heads) and heads.isdisjoint(principals) and not other.startswith("@")
            if elsewhere and caller != other and self.app.callers.source(function, caller) is Source.CALLER:
                return True
        return False

    def has_guard_of_its_own(self, route: Route) -> bool:
        """Whether what keeps strangers out stands before no route for everybody, while another guard does."""
        guard = self.app.access(route).guard
        if guard is None or guard.how is How.INLINE or (is_plain_login(guard.target) and not guard.predicates):
            return False
        plain = [each for each in self.app.routes if self.app.spirit(each) is None]
        used = {found.symbol for each in plain if (found := self.app.access(each).guard) is not None}
        return bool(used) and guard.symbol not in used

    def asked_in(self, symbol: str, *, leaving: bool = False) -> Condition | None:
        """The condition on a role by which a function, one inside it, or one that it calls refuses.

        `leaving`: it need not refuse with a status, to end the function is enough (a decorator, a handler).
        """
        return next(self._asked(symbol, 0, leaving=leaving), None)

    def places_asking(self, part: str) -> tuple[Place, ...]:
        """Conditions on the way through a part of a handler that seem to ask for a role and end it for some."""
        return tuple(
            each.place
            for each in self.app.conditions.get(part, ())
            if (each.leaves or REFUSALS.intersection(each.statuses))
            and (each.roles or any(map(speaks_of_roles, each.asked.split())))
        )

    def is_about_roles(self, condition: Condition) -> bool:
        """Whether a condition asks for a role, of somebody other than the request's sender names."""
        return not (condition.decided or condition.of_tokens) and self._speaks(condition, 0)

    def refuses(self, condition: Condition, *, leaving: bool = False) -> bool:
        """Whether a branch of a condition turns the caller away."""
        if REFUSALS.intersection(condition.statuses):
            return True
        function = self.app.functions.get(condition.function)
        if function is None:
            return leaving and condition.leaves
        if any(
            _name(call) in _REFUSING or self.app.judge.bodies.refusal_by(function, call) for call in condition.calls
        ):
            return True
        if condition.leaves and any(self._is_error(call, function.file) for call in condition.calls):
            return True
        return condition.leaves and (leaving or self.app.judge.bodies.of(condition.function).refuses is not None)

    def _is_error(self, call: str, near: str) -> bool:
        """Whether a call makes an error of the app's own: raised, it ends the request whatever the answer says."""
        made = self.app.meaning(call, near)
        return made in self.app.classes and any(each.rpartition(".")[2] in _ERRORS for each in self.app.ancestors(made))

    def _callable(self, target: str, *, wraps: bool, middleware: bool, predicate: bool) -> RoleCheck:
        made_by = target.removesuffix("()")
        symbols = [made_by] if made_by in self.app.functions or predicate else []
        if made_by in self.app.classes:
            methods = (self.app.method(made_by, name) for name in _RUN)
            symbols = [method.symbol for method in methods if method is not None]
        for symbol in symbols:
            answers = predicate or _name(symbol) in _ANSWERING
            leaving = wraps or answers or _name(symbol) == VERIFYING
            condition = next(self._asked(symbol, 0, leaving=leaving, answering=answers), None)
            if condition is not None:
                around = None if answers else self._around(symbol, condition)
                return around or self._found(condition, middleware=middleware)
        below = [
            self.guard(use)
            for symbol in symbols
            for inner in filter(None, map(self.app.functions.get, (symbol, *self.app.inner.get(symbol, ()))))
            for use in inner.guards
            if use.target != target
        ]
        asked = next((found for found in below if found.answer is Answer.YES), None)
        return asked or next((found for found in below if found.partly), NONE)

    def _around(self, symbol: str, condition: Condition) -> RoleCheck | None:
        """Whether some get past a condition, in the function that has it or in one on the way there."""
        holders = dict.fromkeys((condition.function, symbol, *self.app.inner.get(symbol, ())))
        return next(filter(None, map(self._way_around, holders)), None)

    def _way_around(self, symbol: str, *, in_handler: bool = False) -> RoleCheck | None:
        """Whether a function asks some for a role and lets others get on."""
        ways = self.app.ways.get(symbol)
        if ways is None:
            return None
        asking = {_name(each.symbol) for each in self._called(symbol) if any(True for _ in self._asked(each.symbol, 1))}
        called = {call for step in ways.steps for call in step.calls}
        if asking.isdisjoint(called) and not any(map(self.is_about_roles, ways.asks)):
            return None
        around = Around(self.app, ways, self.is_about_roles, self._is_of_owner, asking.__contains__, in_handler)
        told_by = around.found()
        if told_by is None:
            return None
        note = f"{_name(symbol)} lets some get on without asking for a role"
        return RoleCheck(Answer.UNKNOWN, (Trace(told_by.file, told_by.place.line, note),), partly=True)

    def _found(self, condition: Condition, *, middleware: bool) -> RoleCheck:
        function = self.app.functions.get(condition.function)
        if middleware and function is not None and function.by_path:
            note = "asks for a role on some paths only"
            return RoleCheck(Answer.UNKNOWN, (Trace(function.file, condition.place.line, note),))
        return RoleCheck(Answer.YES, (_trace(condition),))

    def _asked(self, symbol: str, depth: int, *, leaving: bool = False, answering: bool = False) -> Iterator[Condition]:
        for condition in self.app.conditions.get(symbol, ()):
            turns_away = condition.returned if answering else False
            if (turns_away or self.refuses(condition, leaving=leaving)) and self.is_about_roles(condition):
                yield condition
        if depth >= DEEPEST:
            return
        for inner in self.app.inner.get(symbol, ()):
            yield from self._asked(inner, depth + 1, leaving=leaving)
        for called in self._called(symbol):
            yield from self._asked(called.symbol, depth + 1)

    def _called(self, symbol: str) -> Iterator[Function]:
        """The app's own functions that a function calls, and lets refuse."""
        function = self.app.functions.get(symbol)
        for call in function.calls if function is not None else ():
            target = self.app.functions.get(self.app.meaning(call, function.file if function is not None else ""))
            if target is not None and target.symbol != symbol and function is not None and call not in function.caught:
                yield target

    def _speaks(self, condition: Condition, depth: int) -> bool:
        """Whether something in it is a role, and is not just what the request says."""
        origins = condition.asked.split()
        if condition.roles and any(self._is_given(condition.function, each) for each in origins):
            return True
        spoken = [
            each for each in origins if speaks_of_roles(each) and not self._is_of_server(condition.function, each)
        ]
        for origin in spoken:
            constant = origin.startswith("@") and "()" not in origin and origin.rpartition(".")[2].isupper()
            others = [each for each in origins if each != origin] if constant else [origin]
            if any(self._is_given(condition.function, each) for each in others):
                return True
        return depth < DEEPEST and any(self._helps(condition.function, each, depth) for each in origins)

    def _is_of_server(self, function: str, origin: str) -> bool:
        """Whether it is the scope of a connection, in a function that a server calls with one."""
        asked = self.app.functions.get(function)
        named = {each.name for each in asked.parameters} if asked is not None else set()
        return origin.partition(".")[0] == "scope" and named >= {"scope", "receive", "send"}

    def _helps(self, function: str, origin: str, depth: int) -> bool:
        """Whether an origin is a call of the app's own function that answers a question about roles."""
        if "()" not in origin:
            return False
        near = self.app.functions[function].file if function in self.app.functions else ""
        called = origin.removeprefix("@").partition("()")[0]
        target = self.app.meaning(called, near) if origin.startswith("@") else _seen_from(self.app, function, called)
        return any(
            each.returned and not each.decided and self._speaks(each, depth + 1)
            for each in self.app.conditions.get(target, ())
        )

    def _spares_reads(self, target: str) -> bool:
        """Whether a guard lets everybody read: `if request.method in SAFE_METHODS: return True`."""
        made_by = target.removesuffix("()")
        methods = (self.app.method(made_by, name) for name in _RUN) if made_by in self.app.classes else ()
        symbols = [made_by, *(method.symbol for method in methods if method is not None)]
        found = (each for symbol in symbols for each in self.app.conditions.get(symbol, ()))
        asked = (each for each in found if not REFUSALS.intersection(each.statuses))
        return any("SAFE_METHODS" in each.asked and "request.method" in each.asked for each in asked)

    def _is_given(self, function: str, origin: str) -> bool:
        """Whether a value is not what the sender of the request chose."""
        if SENT.search(origin):
            return False
        return self.app.callers.source(function, origin) is not Source.CHOSEN

    def _minds_scopes(self, target: str) -> bool:
        """Whether scopes asked for with `Security(...)` are looked at: FastAPI itself only hands them over."""
        function = self.app.functions.get(target)
        if function is None:
            return not self.app.is_own(target)
        waiting, seen = [function], set[str]()
        while waiting:
            each = waiting.pop()
            seen.add(each.symbol)
            takes = [p.name for p in each.parameters if (p.reference or "").endswith("SecurityScopes")]
            asked = " ".join(condition.asked for condition in self.app.conditions.get(each.symbol, ()))
            if any(f"{name}.scopes" in asked for name in takes):
                return True
            below = (self.app.functions.get(use.target) for use in each.guards)
            waiting += [found for found in below if found is not None and found.symbol not in seen]
        return False

    def _in_handler(self, route: Route) -> Trace | None:
        """The question that the handler itself, or what it calls, asks."""
        handler = route.part if route.part in self.app.conditions else route.handler
        for condition in self.app.conditions.get(handler, ()):
            turns_away = self.refuses(condition) or (condition.leaves and self._is_of_caller(condition))
            if turns_away and self.is_about_roles(condition):
                return _trace(condition)
        if (function := self.app.functions.get(handler)) is not None:
            for call in function.calls:  # `with managers.require(403):`
                if asks_for_a_role(asked := self.app.meaning(call, function.file)):
                    return Trace(function.file, function.place.line, f"{_name(handler)} calls {asked}")
        for symbol in self._heeded(handler):
            for condition in self.app.conditions.get(symbol, ()) if symbol not in (handler, route.handler) else ():
                if self.refuses(condition) and self.is_about_roles(condition):
                    return _trace(condition)
        return None

    def _heeded(self, handler: str) -> tuple[str, ...]:
        """What a handler comes to call, but for functions whose refusals are caught and dropped on the way."""
        found = self.app.reaching.below(handler)
        dropped = {
            self.app.meaning(call, function.file)
            for function in filter(None, map(self.app.functions.get, found))
            for call in function.caught
        }
        return tuple(each for each in found if each not in dropped) if dropped else found

    def _is_of_caller(self, condition: Condition) -> bool:
        found = {self.app.callers.source(condition.function, each) for each in condition.asked.split()}
        return Source.CALLER in found

    def _by_key(self, route: Route) -> RoleCheck | None:
        """One key for everybody who may come in: whoever holds it runs the app, and there are no roles."""
        access = self.app.access(route)
        guard = access.guard
        if not access.is_checked or guard is None:
            return None
        found = shared_secret(self.app, guard.target)
        if found is None:
            return None
        note = "only who holds the key of the app gets here"
        return RoleCheck(Answer.YES, (Trace(found.condition.file, found.condition.place.line, note),), guard)

    def _of_the_only_accounts(self, route: Route) -> RoleCheck | None:
        access = self.app.access(route)
        if not access.is_checked or not self.app.signs_in_administrators_only:
            return None
        return RoleCheck(Answer.YES, (*access.traces[:1], Trace(route.file, route.place.line, ONLY)), access.guard)


ONLY = "only administrators can sign in to this app"


def _seen_from(app: "App", function: str, name: str) -> str:
    """The function by that name inside one of the functions around another: a decorator's test beside its wrapper."""
    around = function.rpartition(".")[0]
    while around in app.functions:
        if f"{around}.{name}" in app.functions:
            return f"{around}.{name}"
        around = around.rpartition(".")[0]
    return ""


def _of(use: GuardUse, answer: Answer, note: str) -> RoleCheck:
    return RoleCheck(answer, (Trace(use.file, use.place.line, note),), use)


def _trace(condition: Condition) -> Trace:
    return Trace(condition.file, condition.place.line, f"{_name(condition.function)} asks for a role")


def _name(symbol: str) -> str:
    return symbol.rpartition(".")[2]
