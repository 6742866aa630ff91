"""How a test reaches an app: which object it imports, from which folder, and which routes it can ask by their path."""

import keyword
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.concepts import Route
from transforms.frameworks import verb
from transforms.placement import controls_home, start_folder, tests_folder
from transforms.proofs import ASKING, RouteCase, render_auth, render_refusals
from transforms.reuse import Guard

if TYPE_CHECKING:
    from transforms.app import App

_TYPED = re.compile(r"\{\w+:(\w+)\}")
_ANSWERABLE = frozenset({"str", "int", "float", "uuid", "path"})  # types of parameters for which a value is known
MOST_PUBLIC = 3  # routes that a proof asks to see that they stay open


@dataclass(frozen=True, slots=True)
class Reach:
    """One app as a test reaches it."""

    app_import: str  # "shop.main:app", "shop.main:create_app()"
    file: str  # the path of its file
    framework: str
    tests: str  # the folder for the test
    root_parents: int  # how many folders above the test file the app starts


def reach(app: "App", symbol: str) -> Reach | None:
    """How a test reaches the app with that symbol; None where it cannot be imported by name."""
    router = app.routers.get(symbol)
    if router is None or not router.is_app or router.framework not in ASKING:
        return None
    symbol = verb(router.framework, "entry_point")(app, router) or symbol
    module, file = app.module_of(symbol), app.file_of(symbol)
    if module is None:
        return None
    root = start_folder(app, file)
    dotted = file.removesuffix(".py").removesuffix("/__init__").removeprefix(f"{root}/" if root else "")
    attribute = _attribute(app, symbol, module)
    if (
        attribute is None
        or not _is_name(attribute.removesuffix("()"))
        or not all(_is_name(part) for part in dotted.split("/"))
    ):
        return None
    tests = _below(root, tests_folder(app, file))
    depth = tests.removeprefix(root).strip("/").count("/") + 1
    return Reach(f"{dotted.replace('/', '.')}:{attribute}", file, router.framework, tests, depth)


def prove_guarded(app: "App", routes: Iterable[Route], guard: Guard, family: str) -> tuple[str, str] | None:
    """Path and text of a test that strangers are refused on these routes, and that public ones stay open.

    It is about one app, the one with most of these routes; None where no test can import it or ask by full paths.
    """
    asked = [route for route in routes if _can_be_asked(route)]
    reached = {symbol: found for symbol in {route.app for route in asked} if (found := reach(app, symbol))}
    counted = Counter(route.app for route in asked if route.app in reached)
    if not counted:
        return None
    symbol = min(counted, key=lambda each: (-counted[each], each))
    where = reached[symbol]
    cases = _cases(route for route in asked if route.app == symbol)
    opened = _cases(route for route in app.routes if route.app == symbol and _stays_open(app, route))[:MOST_PUBLIC]
    if guard.own:
        text = render_refusals(where.app_import, cases, opened, where.root_parents, where.framework)
    else:
        package = controls_home(app, where.file).import_name
        spoken = _spoken(asked, symbol) or [where.framework]
        text = render_auth(where.app_import, package, cases, opened, where.root_parents, spoken[0])
    return _free_name(app, where.tests, family), text


def _attribute(app: "App", symbol: str, module: str) -> str | None:
    """`app`, or `create_app()` for an app that a function makes without being told anything."""
    inside = symbol.removeprefix(f"{module}.")
    if "." not in inside:
        return inside
    maker, _, _ = inside.rpartition(".")
    function = app.functions.get(f"{module}.{maker}")
    if function is None or "." in maker or any(parameter.default is None for parameter in function.parameters):
        return None
    return f"{maker}()"


def _below(root: str, tests: str) -> str:
    """A test can only name folders above itself: it has to lie in the folder that the app starts in."""
    inside = not root or tests == root or tests.startswith(f"{root}/")
    return tests if inside else f"{root}/tests"


def _spoken(routes: Iterable[Route], symbol: str) -> list[str]:
    """The frameworks of an app's routes, the most frequent first: an app may mix them."""
    counted = Counter(route.framework for route in routes if route.app == symbol and route.framework in ASKING)
    return sorted(counted, key=lambda each: (-counted[each], each))


def _is_name(part: str) -> bool:
    return part.isidentifier() and not keyword.iskeyword(part)


def _can_be_asked(route: Route) -> bool:
    typed = set(_TYPED.findall(route.path or ""))
    return bool(route.path) and route.methods != ("WEBSOCKET",) and typed <= _ANSWERABLE


def _stays_open(app: "App", route: Route) -> bool:
    """A public route that a test may call for real: it only answers."""
    plain = _can_be_asked(route) and "{" not in (route.path or "") and route.methods == ("GET",)
    if not plain or not app.publicity(route).is_public or not app.access(route).is_open:
        return False
    stakes = app.stakes(route)
    return not (stakes.writes or stakes.external)


def _cases(routes: Iterable[Route]) -> list[RouteCase]:
    return list(dict.fromkeys(RouteCase(route.methods[0], route.path or "/") for route in routes))


def _free_name(app: "App", folder: str, family: str) -> str:
    stem = f"{folder}/test_controls_{family.replace('-', '_')}"
    names = (f"{stem}{ending}.py" for ending in ("", *(f"_{number}" for number in range(2, 100))))
    return next(name for name in names if name not in app.paths)
