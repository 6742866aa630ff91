"""Django Ninja: APIs and routers, how they hang below a site's URLs, and which `auth` stands before each operation.

The nearest word counts: an operation's own `auth`, else that of the call that hangs its router, else the router's, else
the API's; `auth=None` takes it away. What is asked refuses by itself: it answers nothing to a request that it does not
know. Of several one has to know it.

Controllers of Ninja Extra ask `permissions` besides: all of an operation's own, else all of the controller's.
"""

import dataclasses
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import GuardUse, How, Include, Place, Route, Router
from transforms.frameworks.django_permissions import predicate_meaning
from transforms.frameworks.django_reuse import reuse_steps
from transforms.frameworks.django_serving import rooted
from transforms.frameworks.django_standing import in_front
from transforms.frameworks.ninja_edits import guard_route, guarded_together, has_own_guard, own_guard
from transforms.frameworks.python_guards import SAYS_PUBLIC, Draft, decorator_guard, drafts_at, said_about
from transforms.frameworks.python_known import Asked, groups_of
from transforms.frameworks.python_references import reference, url_path
from transforms.frameworks.python_strangers import Stranger
from transforms.walk import Handlers, Walk, argument, string_value

if TYPE_CHECKING:
    from transforms.app import App

__all__ = [
    "NAME", "PACKAGES", "TOKENS", "guard_route", "guarded_together", "has_own_guard", "own_guard", "read",
    "reuse_steps", "serve",
]  # fmt: skip

NAME = "ninja"
TOKENS = (b"ninja", b"@api.", b"@router.")
PACKAGES = frozenset({"ninja", "ninja_extra", "ninja_jwt"})

NOBODY_ASKED = "ninja.auth=None"
PERMISSIONS = "permissions="
_VERBS = frozenset({"get", "post", "put", "patch", "delete"})
_APIS = re.compile(r"^ninja(?:_extra)?\.(?:\w+\.)*\w*NinjaAPI$|(?:^|\.)Ninja\w*API$")
_ROUTERS = re.compile(r"^ninja(?:_extra)?\.(?:\w+\.)*Router$")
_CONTROLLERS = re.compile(r"^ninja_extra\.(?:\w+\.)*api_controller$")
_OPERATIONS = re.compile(r"^ninja_extra\.(?:\w+\.)*(?:http_(\w+)|route\.(\w+))$")
_TYPED = re.compile(r"\{(?:int|str|slug):(\w+)\}")
_OTHER_TYPES = re.compile(r"\{(\w+):(\w+)\}")
_LEVELS = frozenset({How.APP, How.ROUTER, How.INCLUDE, How.DECORATOR})


@dataclasses.dataclass(frozen=True, slots=True)
class _Operation:
    """A call that registers a handler."""

    call: cst.Call
    router: str
    methods: tuple[str, ...]


def read(walk: Walk) -> Handlers:
    """Leave Router, Include and Route facts."""
    reader = _Reader(walk)
    return {
        cst.FunctionDef: reader.function,
        cst.ClassDef: reader.class_,
        cst.Assign: reader.assigned,
        cst.AnnAssign: reader.annotated,
        cst.Call: reader.call,
    }


def serve(app: "App", route: Route) -> list[Route]:
    """The operation with what is asked of its callers: the nearest `auth`, and what stands before the whole site."""
    asked = [each for each in route.guards if each.how in _LEVELS and each.code.startswith("auth=")]
    permitting = [each for each in route.guards if each.code.startswith(PERMISSIONS)]
    others = in_front(app, tuple(each for each in route.guards if each not in (*asked, *permitting)), exempt=False)
    others = (*others, *_permitting(app, permitting, route.methods[0]))
    nearest = _nearest(asked)
    guards = others if nearest is None or nearest.target == NOBODY_ASKED else (_verifying(app, nearest), *others)
    freed = nearest is not None and nearest.target == NOBODY_ASKED and len({each.target for each in asked}) > 1
    path = rooted(route.path)
    return [
        dataclasses.replace(
            route,
            path=_plain(path) if path is not None else None,
            own_path=_plain(route.own_path) if route.own_path is not None else None,
            guards=guards,
            called_public=route.called_public or freed,
        )
    ]


def _nearest(asked: list[GuardUse]) -> GuardUse | None:
    if not asked:
        return None
    *before, last = asked
    hung = before[-1] if before and last.how is How.ROUTER and before[-1].how is How.INCLUDE else None
    return hung or last


def _permitting(app: "App", found: list[GuardUse], method: str) -> Iterator[GuardUse]:
    """The permissions of the operation; where it has none, those of its controller."""
    own = [each for each in found if each.how is How.DECORATOR]
    for each in own or found:
        predicates = tuple(predicate_meaning(app, one, each.file) for one in each.predicates)
        first = predicates[0].removeprefix("~")
        yield dataclasses.replace(each, target=first, symbol=first, predicates=predicates, asked=(method, ""))


def _verifying(app: "App", use: GuardUse) -> GuardUse:
    predicates = tuple(app.meaning(each, use.file) for each in use.predicates)
    return dataclasses.replace(use, how=How.VERIFIER, predicates=predicates)


def _plain(path: str) -> str:
    """`/{int:key}` is `/{key}`, `/{uuid:key}` is `/{key:uuid}`."""
    return _OTHER_TYPES.sub(r"{\2:\1}", _TYPED.sub(r"{\1}", path))


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.routers: set[str] = set()

    def assigned(self, node: cst.Assign) -> None:
        for target in node.targets:
            self._bound(target.target, node.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self._bound(node.target, node.value)

    def _bound(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        """`api = NinjaAPI(auth=...)`, `router = Router()`."""
        symbol = reference(self.walk, target)
        if symbol is None or not isinstance(value, cst.Call) or not isinstance(target, cst.Name | cst.Attribute):
            return
        made_by = self.walk.resolve(value.func) or ""
        if (api := _APIS.search(made_by) is not None) or _ROUTERS.search(made_by):
            self._router(symbol, value, "", self._auth(value, How.APP if api else How.ROUTER))

    def _router(self, symbol: str, call: cst.Call, prefix: str | None, drafts: list[Draft]) -> None:
        self.routers.add(symbol)
        path = self.walk.path

        def build(place: Place, *places: Place) -> Router:
            return Router(symbol, NAME, False, place, prefix, drafts_at(drafts, places), path)

        self.walk.emit(build, call, *(draft.node for draft in drafts))

    def class_(self, node: cst.ClassDef) -> None:
        """`@api_controller("/orders", auth=...) class Orders`."""
        for decorator in node.decorators:
            call = decorator.decorator
            if isinstance(call, cst.Call) and _CONTROLLERS.search(self.walk.resolve(call.func) or ""):
                symbol = f"{self.walk.symbol}.{node.name.value}"
                drafts = [*self._auth(call, How.ROUTER), *self._permissions(call, How.ROUTER)]
                self._router(symbol, call, self._path(argument(call, "prefix_or_class", 0)), drafts)

    def call(self, node: cst.Call) -> None:
        """`api.add_router("/orders/", router)`, `api.register_controllers(Orders)`."""
        match node.func:
            case cst.Attribute(value=owner, attr=cst.Name(value="add_router")):
                prefix, child = argument(node, "prefix", 0), argument(node, "router", 1)
                self._hang(node, owner, child, self._path(prefix), self._auth(node, How.INCLUDE))
            case cst.Attribute(value=owner, attr=cst.Name(value="register_controllers")):
                for arg in node.args:
                    self._hang(node, owner, arg.value, "", [])

    def _hang(
        self,
        call: cst.Call,
        owner: cst.BaseExpression,
        child: cst.BaseExpression | None,
        prefix: str | None,
        drafts: list[Draft],
    ) -> None:
        parent = reference(self.walk, owner)
        named = (string_value(child) or reference(self.walk, child)) if child is not None else None
        if parent is None or named is None:
            return
        path = self.walk.path

        def build(place: Place, *places: Place) -> Include:
            return Include(parent, named, place, prefix, drafts_at(drafts, places), file=path)

        self.walk.emit(build, call, *(draft.node for draft in drafts))

    def function(self, node: cst.FunctionDef) -> None:
        """`@router.get("/orders")`, `@http_get("/orders")` of a controller; what stands below wraps the handler."""
        operations: list[_Operation] = []
        drafts: list[Draft] = []
        for decorator in node.decorators:
            if (found := self._operation(decorator.decorator)) is not None:
                operations.append(found)
            elif operations and (draft := decorator_guard(self.walk, decorator.decorator)) is not None:
                drafts.append(draft)
        symbol = f"{self.walk.symbol}.{node.name.value}"
        public = bool(operations) and SAYS_PUBLIC.search(said_about(node)) is not None
        for each in operations:
            asked = [*self._auth(each.call, How.DECORATOR), *self._permissions(each.call, How.DECORATOR)]
            self._route(each, symbol, node, [*asked, *drafts], public=public)

    def _operation(self, decorator: cst.BaseExpression) -> _Operation | None:
        if not isinstance(decorator, cst.Call):
            return None
        controlled = _OPERATIONS.search(self.walk.resolve(decorator.func) or "")
        if controlled is not None and isinstance(self.walk.scopes[-1].node, cst.ClassDef):
            verb = controlled[1] or controlled[2]
            return _Operation(decorator, self.walk.symbol, (verb.upper(),)) if verb in _VERBS else None
        match decorator.func:
            case cst.Attribute(value=owner, attr=cst.Name(value=verb)):
                router = reference(self.walk, owner)
                if router is None or ((router in self.routers) is False and not self._may_be_router(decorator)):
                    return None
                if verb in _VERBS:
                    return _Operation(decorator, router, (verb.upper(),))
                if verb == "api_operation":
                    listed = argument(decorator, "methods", 0)
                    named = listed.elements if isinstance(listed, cst.List | cst.Tuple) else ()
                    methods = (string_value(each.value) for each in named)
                    return _Operation(decorator, router, tuple(each.upper() for each in methods if each))
        return None

    def _may_be_router(self, call: cst.Call) -> bool:
        """Whether a path is registered on something of another file: what it is made of is known when all is joined."""
        path = argument(call, "path", 0)
        text = string_value(path) if path is not None else None
        return text is not None and (not text or text.startswith("/"))

    def _route(
        self, operation: _Operation, handler: str, node: cst.FunctionDef, drafts: list[Draft], *, public: bool
    ) -> None:
        path, call = self.walk.path, operation.call
        several = "methods" if isinstance(call.func, cst.Attribute) and call.func.attr.value == "api_operation" else ""
        own = self._path(argument(call, "path", 1 if several else 0))
        for method in operation.methods:

            def build(place: Place, entry: Place, *places: Place, method: str = method) -> Route:
                guards = drafts_at(drafts, places)
                return Route(
                    NAME, (method,), own, handler, operation.router, place, entry, guards, path, called_public=public
                )

            self.walk.emit(build, node, call, *(draft.node for draft in drafts))

    def _auth(self, call: cst.Call, how: How) -> list[Draft]:
        """`auth=AuthBearer()`, `auth=[key, session]`, `auth=None`."""
        given = argument(call, "auth")
        code = f"auth={self.walk.code(given, 200)}" if given is not None else ""
        match given:
            case None:
                return []
            case cst.Name(value="None"):
                return [Draft(given, NOBODY_ASKED, how, code=code)]
            case cst.Name(value="NOT_SET"):
                return []
            case cst.List(elements=[only]) | cst.Tuple(elements=[only]):
                return [Draft(given, reference(self.walk, only.value) or "", how, code=code)]
            case cst.List(elements=several) | cst.Tuple(elements=several):
                named = tuple(reference(self.walk, each.value) or "" for each in several)
                return [Draft(given, named[0], how, code=code, predicates=named)]
        return [Draft(given, reference(self.walk, given) or "", how, code=code)]

    def _permissions(self, call: cst.Call, how: How) -> list[Draft]:
        """`permissions=[IsAuthenticated, IsOwner | IsAdminUser]`: each has to say yes; an empty list says nothing."""
        given = argument(call, "permissions")
        if given is None or (isinstance(given, cst.Name) and given.value == "None"):
            return []
        stranger = Stranger(Asked(), lambda each: reference(self.walk, each), {})
        groups = groups_of(stranger.value(given, {}))
        code = f"{PERMISSIONS}{self.walk.code(given, 200)}"
        told = groups if groups is not None else (("",),)  # which cannot be read
        return [Draft(given, group[0], how, code=code, predicates=group) for group in told]

    def _path(self, node: cst.BaseExpression | None) -> str | None:
        return url_path(self.walk, node) if node is not None else ""
