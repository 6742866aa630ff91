"""Routes of AWS Lambda Powertools: a resolver in a cloud function tells requests apart, and calls a handler for each.

`app = APIGatewayRestResolver()`, `@app.get("/orders/<id>")`, `Router` and `include_router`, middlewares, and the
function whose `app.resolve(event, context)` lets requests in. What stands in front of that function is said by the
template of the deployment, as for any other function of the cloud.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import Guarded, How, Include, Kind, Place, Route, Router
from transforms.frameworks.aws_lambda_entrances import GATEWAY, lets_in
from transforms.frameworks.python_guards import SAYS_PUBLIC, Draft, decorator_guard, drafts_at, said_about
from transforms.frameworks.python_references import reference, url_path
from transforms.walk import Handlers, Walk, argument, string_value

if TYPE_CHECKING:
    from transforms.app import App

NAME = "aws_powertools"
TOKENS = (b"aws_lambda_powertools", b".resolve(event")
PACKAGES = frozenset({"aws_lambda_powertools"})

_OF_LIBRARY = "aws_lambda_powertools.event_handler."
_APPS = re.compile(r"(?:APIGateway(?:Rest|Http)?|ApiGateway|LambdaFunctionUrl|ALB|VPCLattice(?:V2)?)Resolver")
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head"})
_PARAMETER = re.compile(r"<(\w+)>")


def entered(app: "App", route: Route) -> tuple[Route, ...]:
    """The route with what the deployment puts in front of the function that resolves it."""
    return lets_in(app, route, route.app.removesuffix(f".{GATEWAY}"))


def read(walk: Walk) -> Handlers:
    """Leave Router, Include, Guarded and Route facts."""
    reader = _Reader(walk)
    return {
        cst.FunctionDef: reader.function,
        cst.Assign: reader.assigned,
        cst.AnnAssign: reader.annotated,
        cst.Call: reader.call,
    }


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

    def function(self, node: cst.FunctionDef) -> None:
        """`@app.post("/orders")`; a decorator below it wraps the handler."""
        entries: list[cst.Call] = []
        own: list[Draft | None] = []
        for decorator in node.decorators:
            if self._registers(decorator.decorator):
                entries.append(cst.ensure_type(decorator.decorator, cst.Call))
            elif entries:
                own.append(decorator_guard(self.walk, decorator.decorator))
        for entry in entries:
            self._routes(node, entry, [*self._middlewares(entry), *filter(None, own)])

    def call(self, node: cst.Call) -> None:
        match node.func:
            case cst.Attribute(value=owner, attr=cst.Name(value="include_router")):
                self._include(node, owner)
            case cst.Attribute(value=owner, attr=cst.Name(value="use")):
                for draft in self._middlewares(node):
                    self._guarded(reference(self.walk, owner), draft)
            case cst.Attribute(value=owner, attr=cst.Name(value="resolve")) if len(node.args) == 2:
                self._resolved(node, owner)

    def _bound(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        symbol = reference(self.walk, target) if isinstance(target, cst.Name | cst.Attribute) else None
        if symbol is None or not isinstance(value, cst.Call):
            return
        made_by = self.walk.resolve(value.func) or ""
        name = made_by.rpartition(".")[2]
        is_app = _APPS.fullmatch(name) is not None
        if not made_by.startswith(_OF_LIBRARY) or not (is_app or name == "Router"):
            return
        self.routers.add(symbol)
        path = self.walk.path
        # It is served by the function that resolves it, which is the app.
        self.walk.emit(lambda place: Router(symbol, NAME, is_app=False, place=place, file=path), value)

    def _registers(self, decorator: cst.BaseExpression) -> bool:
        match decorator:
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=verb))) if verb in _VERBS | {"route"}:
                symbol = reference(self.walk, owner)
                path = argument(decorator, "rule", 0)
                return symbol is not None and path is not None and (string_value(path) or "/").startswith("/")
        return False

    def _routes(self, node: cst.FunctionDef, entry: cst.Call, drafts: list[Draft]) -> None:
        func = cst.ensure_type(entry.func, cst.Attribute)
        router, verb = reference(self.walk, func.value) or "", func.attr.value
        path = url_path(self.walk, argument(entry, "rule", 0), _spelled)
        public = SAYS_PUBLIC.search(said_about(node)) is not None
        handler, file = f"{self.walk.symbol}.{node.name.value}", self.walk.path

        def emit(method: str) -> None:
            def build(place: Place, call: Place, *places: Place) -> Route:
                return Route(
                    NAME, (method,), path, handler, router, place, call, drafts_at(drafts, places), file,
                    takes_guards=False, called_public=public, kind=Kind.FUNCTION,
                )  # fmt: skip

            self.walk.emit(build, node, entry, *(draft.node for draft in drafts))

        for method in (verb.upper(),) if verb in _VERBS else tuple(_methods(argument(entry, "method", 1))):
            emit(method)

    def _middlewares(self, call: cst.Call) -> Iterator[Draft]:
        listed = argument(call, "middlewares")
        for element in listed.elements if isinstance(listed, cst.List | cst.Tuple) else ():
            if target := reference(self.walk, element.value):
                yield Draft(element.value, target, How.MIDDLEWARE, code=self.walk.code(element.value, 200))

    def _guarded(self, owner: str | None, draft: Draft) -> None:
        if owner is not None:
            self.walk.emit(lambda place: Guarded(owner, draft.at(place)), draft.node)

    def _include(self, call: cst.Call, owner: cst.BaseExpression) -> None:
        parent, router = reference(self.walk, owner), argument(call, "router", 0)
        child = reference(self.walk, router) if router is not None else None
        if parent is None or child is None:
            return
        prefix, path = argument(call, "prefix", 1), self.walk.path
        said = url_path(self.walk, prefix, _spelled) if prefix is not None else ""
        self.walk.emit(lambda place: Include(parent, child, place, said, file=path), call)

    def _resolved(self, call: cst.Call, owner: cst.BaseExpression) -> None:
        """`return app.resolve(event, context)`: all that hangs on the app comes in by this function."""
        child, around = reference(self.walk, owner), self.walk.function
        if child is None or around is None:
            return
        path, parent = self.walk.path, f"{around.symbol}.{GATEWAY}"
        self.walk.emit(lambda place: Include(parent, child, place, file=path), call)


def _methods(node: cst.BaseExpression | None) -> Iterator[str]:
    """`method="GET"`, `method=["GET", "POST"]`; GET where nothing is said."""
    if isinstance(node, cst.List | cst.Tuple):
        yield from (text.upper() for each in node.elements if (text := string_value(each.value)))
    else:
        yield (string_value(node) or "GET").upper() if node is not None else "GET"


def _spelled(text: str) -> str:
    """`/orders/{id}` of `/orders/<id>`."""
    return _PARAMETER.sub(r"{\1}", text)
