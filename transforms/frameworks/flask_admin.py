"""Flask-Admin: the views that are added to an administrators' side, and who gets past their `is_accessible`.

A view of a model is a list, forms for a new row and for one that there is, and what deletes it, all of the library's
code. Without an `is_accessible` of the app's own everybody gets in.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import GuardUse, Handles, How, Include, Place, Route, Router
from transforms.frameworks.flask_admin_edits import advice, guard_route, has_own_guard, own_guard
from transforms.frameworks.python_references import reference, url_path
from transforms.walk import Handlers, Walk, argument, dotted_name, string_value

if TYPE_CHECKING:
    from transforms.app import App

__all__ = ["NAME", "PACKAGES", "TOKENS", "advice", "guard_route", "has_own_guard", "own_guard", "read", "serve"]

NAME = "flask_admin"
TOKENS = (b"flask_admin", b".add_view(", b".add_views(")
PACKAGES = frozenset({"flask_admin"})

ASKED = "is_accessible"
_ADMIN = re.compile(r"^flask_admin\.(?:\w+\.)*Admin$")
_EXPOSE = re.compile(r"^flask_admin\.(?:\w+\.)*expose$")
_OF_MODELS = re.compile(r"^flask_admin\.(?:\w+\.)*(?:Base)?ModelView$")
_OF_FILES = re.compile(r"^flask_admin\.(?:\w+\.)*\w*FileAdmin$")
_INDEX = re.compile(r"^flask_admin\.(?:\w+\.)*AdminIndexView$")
_MODEL_ROUTES = (
    ("index_view", ("GET",), "/", ""),
    ("create_view", ("GET", "POST"), "/new/", "can_create"),
    ("edit_view", ("GET", "POST"), "/edit/", "can_edit"),
    ("delete_view", ("POST",), "/delete/", "can_delete"),
)
_FILE_ROUTES = (
    ("index_view", ("GET",), "/", ""),
    ("upload", ("GET", "POST"), "/upload/", "can_upload"),
    ("delete", ("POST",), "/delete/", "can_delete"),
)
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def read(walk: Walk) -> Handlers:
    """Leave Router, Include, Route and Handles facts."""
    reader = _Reader(walk)
    return {
        cst.Assign: reader.assigned,
        cst.Call: reader.call,
        cst.FunctionDef: reader.function,
    }


def serve(app: "App", route: Route) -> list[Route]:
    """What a view answers: by the class that it is made of, and what that exposes itself."""
    view = route.handler.removesuffix("()")
    line = list(app.ancestors(view)) if view in app.classes else [view]
    library = [each for each in line if each not in app.classes]
    asked = app.method(view, ASKED) if view in app.classes else None
    if not any(each.startswith("flask_admin.") for each in library):
        return []  # something else is added to something else
    guards = route.guards
    if asked is not None:
        guards = (
            *guards,
            GuardUse(asked.symbol, How.GATE, asked.place, file=asked.file, code=ASKED, symbol=asked.symbol),
        )
    served = replace(route, guards=guards, registered_in=route.file)
    if (known := app.classes.get(view)) is not None:
        served = replace(served, place=known.place, file=known.file)
    return [*_of_library(app, served, view, line, library), *_exposed(app, served, view, line)]


def _of_library(app: "App", route: Route, view: str, line: list[str], library: list[str]) -> Iterator[Route]:
    """The routes that the library's class brings, but for those that the app's own says it lacks."""
    said = {name for each in line if each in app.classes for name in app.classes[each].members}
    rows: tuple[tuple[str, tuple[str, ...], str, str], ...] = ()
    if any(_OF_MODELS.search(each) for each in library):
        rows = _MODEL_ROUTES
    elif any(_OF_FILES.search(each) for each in library):
        rows = _FILE_ROUTES
    elif any(_INDEX.search(each) for each in library) and app.method(view, "index") is None:
        shows = replace(route, methods=("GET",), path=f"{route.path}/", by_library=True, shows="a page without data")
        yield replace(shows, handler=f"{view}.index", shown=f"{view}.index")
    for name, methods, path, switch in rows:
        if switch not in said and app.method(view, name) is None:
            yield replace(
                route,
                methods=methods,
                path=f"{route.path}{path}" if route.path is not None else None,
                handler=f"{view}.{name}",
                shown=f"{route.router}{(route.path or '').replace('/', '.')}.{name}",  # whatever class it is made of
                by_library=True,
                library_writes="POST" in methods,
            )


def _exposed(app: "App", route: Route, view: str, line: list[str]) -> Iterator[Route]:
    """`@expose("/report")` of the app's own classes."""
    for name in dict.fromkeys(name for each in line if each in app.classes for name in app.classes[each].methods):
        function = app.method(view, name)
        handled = app.handled.get(function.symbol) if function is not None else None
        if function is not None and handled is not None and handled.path is not None:
            yield replace(
                route,
                methods=handled.methods,
                path=f"{route.path}{handled.path}" if route.path is not None else None,
                handler=function.symbol,
                place=function.place,
                file=function.file,
                guards=(*route.guards, *_decorating(app, function.symbol)),
                shown=f"{view}.{name}",
            )


def _decorating(app: "App", symbol: str) -> tuple[GuardUse, ...]:
    """The decorators of a method, whichever readers have seen them."""
    facts = app.files[app.file_of(symbol)]
    found = (app.guard_targets(each.guard, facts.path) for each in facts.guarded if each.owner == symbol)
    uses = {use.place: use for several in found for use in several if not _EXPOSE.search(use.target)}
    return tuple(uses.values())


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def assigned(self, node: cst.Assign) -> None:
        """`admin = Admin(app, url="/back", index_view=Index())`."""
        symbol = reference(self.walk, node.targets[0].target)
        if symbol is not None and isinstance(node.value, cst.Call) and self._is_admin(node.value):
            call, path = node.value, self.walk.path
            given = argument(call, "url")
            prefix = url_path(self.walk, given) if given is not None else "/admin"
            self.walk.emit(lambda place: Router(symbol, NAME, False, place, prefix, (), path, False), call)
            index = argument(call, "index_view", 3)
            self._view(call, symbol, index, path="")
            self._hang(call, argument(call, "app", 0), symbol)

    def call(self, node: cst.Call) -> None:
        """`admin.add_view(ModelView(Order, db.session))`, `admin.init_app(app)`."""
        match node.func:
            case cst.Attribute(value=owner, attr=cst.Name(value="add_view" | "add_views")):
                router = reference(self.walk, owner)
                for arg in node.args if router is not None else ():
                    self._view(node, router or "", arg.value, self._path(arg.value))
            case cst.Attribute(value=owner, attr=cst.Name(value="init_app")):
                self._hang(node, argument(node, "app", 0), reference(self.walk, owner))

    def function(self, node: cst.FunctionDef) -> None:
        """`@expose("/report", methods=["GET", "POST"])`."""
        for decorator in node.decorators:
            call = decorator.decorator
            if isinstance(call, cst.Call) and _EXPOSE.search(self.walk.resolve(call.func) or ""):
                text = string_value(argument(call, "url", 0) or cst.SimpleString('"/"'))
                listed = argument(call, "methods", 1)
                named = listed.elements if isinstance(listed, cst.List | cst.Tuple) else ()
                methods = tuple(each.upper() for element in named if (each := string_value(element.value)))
                path = _PARAMETER.sub(r"{\1}", text) if text is not None else None
                self.walk.emit(partial(Handles, f"{self.walk.symbol}.{node.name.value}", methods or ("GET",), path))

    def _is_admin(self, call: cst.Call) -> bool:
        return _ADMIN.search(self.walk.resolve(call.func) or "") is not None

    def _hang(self, call: cst.Call, app: cst.BaseExpression | None, symbol: str | None) -> None:
        parent = reference(self.walk, app) if app is not None else None
        if parent is not None and symbol is not None:
            path = self.walk.path
            self.walk.emit(lambda place: Include(parent, symbol, place, "", file=path), call)

    def _view(self, call: cst.Call, router: str, view: cst.BaseExpression | None, path: str | None) -> None:
        made = view.func if isinstance(view, cst.Call) else view
        handler = reference(self.walk, made) if made is not None else "flask_admin.AdminIndexView"
        if handler is None:
            return
        own, node = self.walk.path, made if made is not None else call

        def build(place: Place, entry: Place) -> Route:
            return Route(NAME, (), path, handler, router, place, entry, (), own, takes_guards=False)

        self.walk.emit(build, call, node)

    def _path(self, view: cst.BaseExpression) -> str | None:
        """Where a view hangs: by its `url` or `endpoint`, else by its model's name, else by its class's."""
        if not isinstance(view, cst.Call):
            return None
        url = argument(view, "url")
        if url is not None:
            text = string_value(url)
            return f"/{text.strip('/')}" if text is not None else None
        if (endpoint := argument(view, "endpoint")) is not None:
            text = string_value(endpoint)
            return f"/{text}" if text is not None else None
        first = view.args[0].value if view.args and view.args[0].keyword is None else None
        model = (dotted_name(first) or "").rpartition(".")[2] if first is not None else ""
        called = (dotted_name(view.func) or "").rpartition(".")[2]
        return f"/{(model if model[:1].isupper() else called).lower()}"
