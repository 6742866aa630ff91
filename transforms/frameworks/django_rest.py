"""Django REST framework: routers, actions of viewsets, and which permission classes are asked before them."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import libcst as cst

from transforms.concepts import Handles, Permission, Place, Route, Router, Said, Signal
from transforms.frameworks.django_edits import guard_route, guarded_together
from transforms.frameworks.django_loops import rounds
from transforms.frameworks.django_methods import in_order, listed
from transforms.frameworks.django_predicates import Given, authenticator, permission, permissions_given
from transforms.frameworks.django_querysets import gives_own_rows
from transforms.frameworks.django_reuse import entry_point, has_own_guard, known_to, own_guard, reuse_steps
from transforms.frameworks.django_roles import own_role_guard, require_role, role_guard_like_own
from transforms.frameworks.django_serving import serve
from transforms.frameworks.django_sign_in import sign_in_at_provider
from transforms.frameworks.django_urls import route_path
from transforms.frameworks.django_workloads import replace_guards, setting_held
from transforms.frameworks.python_known import Asked, Thing, groups_of
from transforms.frameworks.python_references import module_value, reference
from transforms.frameworks.python_strangers import Stranger
from transforms.walk import Handlers, Walk, argument, descendants, dotted_name, string_value

__all__ = [
    "NAME", "PACKAGES", "TOKENS", "entry_point", "guard_route", "guarded_together", "has_own_guard", "known_to",
    "own_guard", "own_role_guard", "read", "replace_guards", "require_role",
    "reuse_steps", "role_guard_like_own", "serve", "setting_held",
    "sign_in_at_provider",
]  # fmt: skip

NAME = "django_rest"
TOKENS = (b"rest_framework", b"permission_classes", b"get_permissions", b"Router(", b"@action", b"ViewSet", b"APIView")
PACKAGES = frozenset({"rest_framework", "rest_framework_nested", "rest_framework_simplejwt"})

_TOLD = ["self", "request"]
_ROUTERS = ("DefaultRouter", "SimpleRouter", "NestedDefaultRouter", "NestedSimpleRouter", "ExtendedDefaultRouter")


def read(walk: Walk) -> Handlers:
    """Leave Router, Include, Route, Handles and Permission facts."""
    reader = _Reader(walk)
    return {
        cst.FunctionDef: reader.function,
        cst.ClassDef: reader.class_,
        cst.Assign: reader.assigned,
        cst.AnnAssign: reader.annotated,
        cst.Call: reader.call,
        cst.For: reader.loop,
    }


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.routers: dict[str, str] = {}  # symbol -> what its routes stand below
        self.kinds: set[str] = set()
        self.actions: dict[str, Handles] = {}
        self.calls: dict[str, cst.Call] = {}  # of the same actions
        self.looped: set[int] = set()  # calls that a loop was read with

    def class_(self, node: cst.ClassDef) -> None:
        """`class OptionalSlashRouter(DefaultRouter)` makes routers too."""
        if any((self.walk.resolve(base.value) or "").endswith(_ROUTERS) for base in node.bases):
            self.kinds.add(f"{self.walk.symbol}.{node.name.value}")

    def function(self, node: cst.FunctionDef) -> None:
        symbol = f"{self.walk.symbol}.{node.name.value}"
        if node.name.value == "get_permissions":
            self._given(node, self.walk.symbol)
        elif node.name.value == "authenticate" and [each.name.value for each in node.params.params[:2]] == _TOLD:
            found = authenticator(self.walk, symbol, node)
            self.walk.emit(lambda: found)
        elif node.name.value == "get_queryset" and gives_own_rows(node):
            self.walk.signal_of(symbol, Signal.OWN_ROWS)
        for decorator in _that_count(node, self._called):
            match decorator.decorator:
                case cst.Call() as call if self._called(call.func) == "permission_classes":
                    value = call.args[0].value if call.args else None
                    self._permission(symbol, Said.FUNCTION, value, call)
                case cst.Call() as call if self._called(call.func) in ("action", "detail_route", "list_route"):
                    self._action(symbol, node.name.value, call)
                case cst.Attribute(value=cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="mapping"))):
                    self._mapped(symbol, name, decorator.decorator.attr.value)

    def assigned(self, node: cst.Assign) -> None:
        self._bound(node.targets[0].target, node.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self._bound(node.target, node.value)

    def call(self, node: cst.Call) -> None:
        """`router.register("orders", OrderViewSet)`."""
        if id(node) not in self.looped:
            self._register(node, {})

    def loop(self, node: cst.For) -> None:
        """The same for each row of a list."""
        calls = [each for each in descendants(node.body, cst.Call) if _registers(each)]
        for names in rounds(self.walk, node) if calls else ():
            for call in calls:
                self.looped.add(id(call))
                self._register(call, names)

    def _register(self, node: cst.Call, names: Mapping[str, cst.BaseExpression]) -> None:
        """A registration; `names` are those of the loop around it."""
        match node.func:
            case cst.Attribute(value=owner) if _registers(node):
                router = reference(self.walk, owner)
                view = reference(self.walk, _meant(argument(node, "viewset", 1) or node.args[1].value, names))
                if router is not None and view is not None and not router.startswith("django.contrib.admin"):
                    prefix = argument(node, "prefix", 0)
                    self._registered(node, router, view, _meant(prefix, names) if prefix is not None else None)

    def _called(self, func: cst.BaseExpression) -> str:
        return (self.walk.resolve(func) or "").rpartition(".")[2]

    def _bound(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        if not isinstance(target, cst.Name):
            return
        if target.value == "permission_classes" and isinstance(self.walk.scopes[-1].node, cst.ClassDef):
            self._permission(self.walk.symbol, Said.CLASS, value, value)
        elif target.value == "authentication_classes" and isinstance(self.walk.scopes[-1].node, cst.ClassDef):
            self._permission(self.walk.symbol, Said.AUTHENTICATION, value, value)
        elif isinstance(value, cst.Call) and self._is_router(value):
            self._router(f"{self.walk.symbol}.{target.value}", value)

    def _is_router(self, call: cst.Call) -> bool:
        made_by = self.walk.resolve(call.func) or ""
        return made_by.endswith(_ROUTERS) or made_by in self.kinds

    def _router(self, symbol: str, call: cst.Call) -> None:
        path = self.walk.path
        prefix = ""
        if "Nested" in (dotted_name(call.func) or "") and len(call.args) > 1:
            parent = string_value(call.args[1].value) or ""
            lookup = string_value(argument(call, "lookup") or cst.Name("x")) or "parent"
            prefix = f"{self._above(call)}{parent}/{{{lookup}_pk}}/"
        self.routers[symbol] = prefix
        self.walk.emit(lambda place: Router(symbol, NAME, False, place, prefix, (), path, False), call)

    def _above(self, call: cst.Call) -> str:
        """The prefix of the router that a nested one hangs below, its own nesting included."""
        return self.routers.get(reference(self.walk, call.args[0].value) or "", "")

    def _registered(self, call: cst.Call, router: str, view: str, named: cst.BaseExpression | None) -> None:
        path = self.walk.path
        prefix = route_path(self.walk, named, regular=True)
        below = f"{prefix}/" if prefix else prefix

        def build(place: Place) -> Route:
            return Route(NAME, (), below, view, router, place, place, (), path, takes_guards=False)

        self.walk.emit(build, call)

    def _permission(self, owner: str, said: Said, value: cst.BaseExpression | None, node: cst.BaseExpression) -> None:
        stranger = Stranger(Asked(), lambda each: reference(self.walk, each), {})
        found = stranger.value(value, self._named_lists(stranger, value)) if value is not None else None
        given: Given = ("*", "*", groups_of(found), found is Thing.INHERITED, value)
        code, path = self.walk.code(value, 300) if value is not None else "", self.walk.path
        self.walk.emit(lambda place: permission(owner, said, place, given, code, path), value or node)

    def _named_lists(self, stranger: Stranger, value: cst.BaseExpression) -> dict[str, Any]:
        """What names of the module mean that stand for predicates joined, or for lists of them."""
        found: dict[str, Any] = {}
        for name in {each.value for each in descendants(value, cst.Name)}:
            kept = module_value(self.walk, name)
            if isinstance(kept, cst.List | cst.Tuple | cst.BinaryOperation | cst.UnaryOperation):
                found[name] = stranger.value(kept, {})
        return found

    def _given(self, node: cst.FunctionDef, owner: str) -> None:
        path = self.walk.path
        found, reads = permissions_given(self.walk, node)
        for given in found:
            listed_ = given[-1]
            code = self.walk.code(listed_, 300) if listed_ is not None else "get_permissions()"

            def build(place: Place, given: Given = given, code: str = code) -> Permission:
                return permission(owner, Said.METHOD, place, given, code, path, reads)

            self.walk.emit(build, listed_ or node)

    def _action(self, symbol: str, name: str, call: cst.Call) -> None:
        methods = in_order(listed(argument(call, "methods", 0))) or ("GET",)
        detail = argument(call, "detail")
        on_row = self._called(call.func) == "detail_route" or (isinstance(detail, cst.Name) and detail.value == "True")
        below = route_path(self.walk, argument(call, "url_path"), regular=True) if argument(call, "url_path") else name
        handled = self.actions[symbol] = Handles(symbol, methods, below, on_row)
        self.calls[symbol] = call
        self.walk.emit(lambda place: dataclasses.replace(handled, entry=place), call)
        self._asked_by_action(symbol, call)

    def _mapped(self, symbol: str, name: str, verb: str) -> None:
        """`@items.mapping.post`: one more method of an action, by a function of its own."""
        known = self.actions.get(f"{self.walk.symbol}.{name}")
        if known is not None:
            handled = dataclasses.replace(known, owner=symbol, methods=(verb.upper(),))
            call = self.calls[known.owner]
            self.walk.emit(lambda place: dataclasses.replace(handled, entry=place), call)
            self._asked_by_action(symbol, call)

    def _asked_by_action(self, symbol: str, call: cst.Call) -> None:
        """`@action(permission_classes=[...])`."""
        if (listed_ := argument(call, "permission_classes")) is not None:
            self._permission(symbol, Said.FUNCTION, listed_, call)


def _registers(call: cst.Call) -> bool:
    named = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
    return named == "register" and len(call.args) > 1


def _meant(node: cst.BaseExpression, names: Mapping[str, cst.BaseExpression]) -> cst.BaseExpression:
    return names.get(node.value, node) if isinstance(node, cst.Name) else node


def _that_count(node: cst.FunctionDef, called: Callable[[cst.BaseExpression], str]) -> Sequence[cst.Decorator]:
    """The decorators but those that come too late: `api_view` takes over what is said below it, and nothing above."""
    for index, each in enumerate(node.decorators):
        if isinstance(each.decorator, cst.Call) and called(each.decorator.func) == "api_view":
            return node.decorators[index:]
    return node.decorators
