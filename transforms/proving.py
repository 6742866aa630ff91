"""How a test reaches an app: which object it imports, from which folder, and which routes it can ask by their path."""

import keyword
import re
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from transforms.concepts import Kind, Route
from transforms.frameworks import verb
from transforms.inserted_names import name_of
from transforms.placement import controls_home, start_folder, tests_folder
from transforms.proofs import (
    ASKING,
    ASKS_WEBSOCKETS,
    CALLERS,
    FINDS_CALLERS,
    VISITING,
    RouteCase,
    render_auth,
    render_pages,
    render_refusals,
    render_roles,
    render_sign_in,
    render_tools,
)
from transforms.reuse import Guard, RoleGuard

if TYPE_CHECKING:
    from transforms.app import App

SERVING_TOOLS = frozenset({"mcp"})  # frameworks whose servers answer HTTP when they are asked for their app
_TYPED = re.compile(r"\{\w+:(\w+)\}")
_ANSWERABLE = frozenset({"str", "int", "float", "uuid", "path"})  # types of parameters for which a value is known
MOST_PUBLIC = 3  # routes that a proof asks to see that they stay open
Proven = tuple[str, str, tuple[str, ...]]  # path and text of a test, and what it cannot show

NO_SIGN_IN = "No test shows that {guard} lets signed-in callers pass: none can be made up for it. Try it once."
NO_CALLER = "The test shows that strangers are refused, not that {guard} tells roles apart. Try it with and without."
NO_ROLE = "No test shows that {guard} lets administrators pass: what it asks for is not one clear thing. Try it once."

ROLE_INSIDE = (
    "No test shows that {guard} lets administrators pass: the handler asks by itself and would run. Try it once."
)


@dataclass(frozen=True, slots=True)
class Reach:
    """One app as a test reaches it."""

    app_import: str  # "shop.main:app", "shop.main:create_app()"
    file: str  # the path of its file
    framework: str
    tests: str  # the folder for the test
    root_parents: int  # how many folders above the test file the app starts


def reach(app: "App", symbol: str, frameworks: Container[str] = ASKING) -> Reach | None:
    """How a test reaches the app with that symbol; None where it cannot be imported by name."""
    router = app.routers.get(symbol)
    if router is None or not router.is_app or router.framework not in frameworks:
        return None
    symbol = verb(router.framework, "entry_point")(app, router) or symbol
    file = app.file_of(symbol)
    root = start_folder(app, file)
    named = _with_its_routes(app, symbol, file)
    if named is None:
        return None
    start, attribute = named
    dotted = start.removesuffix(".py").removesuffix("/__init__").removeprefix(f"{root}/" if root else "")
    if not _is_name(attribute.removesuffix("()")) or not all(_is_name(part) for part in dotted.split("/")):
        return None
    tests = _below(root, tests_folder(app, file))
    depth = tests.removeprefix(root).strip("/").count("/") + 1
    return Reach(f"{dotted.replace('/', '.')}:{attribute}", file, router.framework, tests, depth)


def prove_guarded(app: "App", routes: Iterable[Route], guard: Guard, family: str) -> Proven | None:
    """A test that strangers are refused on these routes, whom the guard knows passes, and public ones stay open.

    It is about one app, the one with most of these routes; None where no test can import it or ask by full paths.
    """
    from transforms.proving_own_guards import known_callers

    routes = tuple(routes)
    asked = asked_routes(app, routes)
    if asked is None:
        return _prove_pages(app, routes, guard, family)
    where, mine, opened = asked
    path = free_name(app, where.tests, family)
    if not guard.own:
        return path, _rendered_inserted(app, where, cases_of(mine), opened), ()
    callers = known_callers(app, mine, guard, where)
    cases = [replace(case, known=callers.told.get(case, ""), has=callers.has.get(case, "")) for case in cases_of(mine)]
    text = render_refusals(where.app_import, cases, opened, where.root_parents, where.framework, callers.by)
    return path, text, tuple(NO_SIGN_IN.format(guard=name) for name in callers.unknown_to)


def prove_roles(app: "App", routes: Iterable[Route], guard: RoleGuard, family: str) -> Proven | None:
    """The same for routes that ask for a role: callers who are signed in and no more are refused as well.

    Where a check of the app's own stands on nothing that a test can put somebody in the place of, strangers alone are.
    """
    from transforms.edits import role_guard_for

    asked = asked_routes(app, routes)
    if asked is None:
        return None
    where, mine, opened = asked
    by_itself = set(cases_of(each for each in mine if (found := role_guard_for(app, each)) and found.inside))
    cases = [replace(case, role=guard.role, inside=case in by_itself) for case in cases_of(mine)]
    path = free_name(app, where.tests, family)
    if not guard.own:
        return path, _rendered_inserted(app, where, cases, opened), ()
    signs_in = ":".join(guard.signs_in.rpartition(".")[::2]) if guard.signs_in in FINDS_CALLERS else None
    signs_in = signs_in or importable(app, guard.signs_in, where)
    if signs_in is None or where.framework not in CALLERS:
        text = render_refusals(where.app_import, cases, opened, where.root_parents, where.framework)
        return path, text, (NO_CALLER.format(guard=guard.code),)
    passes = passing(app, guard, where)
    lack = ROLE_INSIDE if by_itself else "" if passes else NO_ROLE
    lacks = (lack.format(guard=guard.code),) if lack else ()
    text = render_roles(where.app_import, signs_in, cases, opened, where.root_parents, where.framework, passes)
    return path, text, lacks


def passing(app: "App", guard: RoleGuard, where: Reach) -> str:
    """What somebody must have to pass, with classes of the app loaded by name; "" where they cannot be."""
    name, _, value = guard.passes.partition("=")
    head, _, rest = value.rpartition(".")
    class_ = next((each for each in app.classes.values() if each.symbol == head), None)
    if class_ is None:
        return guard.passes if not rest or not head else ""
    module = app.module_of(head)
    root = start_folder(app, where.file)
    dotted = class_.file.removesuffix(".py").removesuffix("/__init__").removeprefix(f"{root}/" if root else "")
    if module is None or not all(_is_name(part) for part in dotted.split("/")):
        return ""
    return f'{name}=load("{dotted.replace("/", ".")}:{head.removeprefix(f"{module}.")}").{rest}'


def importable(app: "App", symbol: str, where: Reach) -> str | None:
    """How a test imports a function of the app: `security:get_current_user`."""
    function, module = app.functions.get(symbol), app.module_of(symbol)
    if function is None or module is None or "." in symbol.removeprefix(f"{module}."):
        return None
    root = start_folder(app, where.file)
    dotted = function.file.removesuffix(".py").removesuffix("/__init__").removeprefix(f"{root}/" if root else "")
    if not all(_is_name(part) for part in dotted.split("/")):
        return None
    return f"{dotted.replace('/', '.')}:{symbol.removeprefix(f'{module}.')}"


def _rendered_inserted(app: "App", where: Reach, cases: list[RouteCase], opened: list[RouteCase]) -> str:
    package = controls_home(app, where.file).import_name
    auth = name_of(app, "auth", where.framework, where.file)
    return render_auth(where.app_import, package, cases, opened, where.root_parents, where.framework, auth)


def asked_routes(app: "App", routes: Iterable[Route]) -> tuple[Reach, list[Route], list[RouteCase]] | None:
    """The app with most of these routes, those of its routes that a test can ask for, and some that stay open."""
    possible = [route for route in routes if _can_be_asked(route) and not _is_never_put_there(app, route)]
    reached = {symbol: found for symbol in {route.app for route in possible} if (found := reach(app, symbol))}
    counted = Counter(route.app for route in possible if route.app in reached)
    if not counted:
        return None
    symbol = min(counted, key=lambda each: (-counted[each], each))
    opened = cases_of(route for route in app.routes if route.app == symbol and _stays_open(app, route))[:MOST_PUBLIC]
    where = replace(reached[symbol], framework=_spoken(possible, symbol) or reached[symbol].framework)
    return where, [route for route in possible if route.app == symbol], opened


def prove_tools(app: "App", tools: Iterable[Route], family: str) -> tuple[str, str] | None:
    """Path and text of a test that a server of these tools refuses strangers; None where importing it serves it."""
    counted = Counter(tool.router for tool in tools if not app.runs_when_imported(tool.router))
    reached = {symbol: found for symbol in counted if (found := reach(app, symbol, SERVING_TOOLS)) is not None}
    if not reached:
        return None
    symbol = min(reached, key=lambda each: (-counted[each], each))
    where = reached[symbol]
    package, auth = controls_home(app, where.file).import_name, name_of(app, "auth", where.framework, where.file)
    text = render_tools(where.app_import, package, where.root_parents, auth)
    return free_name(app, where.tests, family), text


def _prove_pages(app: "App", routes: Iterable[Route], guard: Guard, family: str) -> Proven | None:
    """The same for scripts that people open; a sign-in of the app's own may show a form, so nothing is said of it."""
    found = (route.registered_in or route.file for route in routes if route.framework == "streamlit")
    scripts = list(dict.fromkeys(found))
    if not scripts or (guard.own and guard.module != "streamlit"):
        return None
    root = _home(app, scripts[0])
    inside = [script for script in scripts if _home(app, script) == root]
    tests = _below(root, tests_folder(app, f"{root}/tests.py" if root else "tests.py"))
    depth = tests.removeprefix(root).strip("/").count("/") + 1
    text = render_pages([script.removeprefix(f"{root}/" if root else "") for script in inside], depth)
    return free_name(app, tests, family), text, ()


def prove_sign_in(app: "App", login: Route, family: str) -> tuple[str, str] | None:
    """Path and text of a test that nobody gets in beside a login but by the answer that was asked for."""
    where = reach(app, login.app, VISITING)
    if where is None or login.path is None or "{" in login.path:
        return None
    package = controls_home(app, where.file).import_name
    module = name_of(app, "sign_in", where.framework, where.file)
    text = render_sign_in(where.app_import, package, login.path, where.root_parents, where.framework, module)
    return free_name(app, where.tests, family), text


def _home(app: "App", script: str) -> str:
    """The folder in which a script is run; one in `pages` is run beside the folder."""
    above, inside, _ = script.rpartition("pages/")
    return above.rstrip("/") if inside else start_folder(app, script)


def _with_its_routes(app: "App", symbol: str, file: str) -> tuple[str, str] | None:
    """The file to import, and what an app with that symbol is called there once all of its routes are on it.

    Where files of their own register routes on it, that is a program which imports them, and the app by its name.
    """
    module = app.module_of(symbol)
    attribute = _attribute(app, symbol, module) if module is not None else None
    served = (route for route in app.routes if route.app == symbol and not _is_never_put_there(app, route))
    registering = {_registered_in(route) for route in served}
    if attribute is None or registering <= app.lookup.reached_from(file):
        return None if attribute is None else (file, attribute)
    programs = (
        (path, name)
        for path, facts in app.files.items()
        if facts.is_program and path != file and registering <= app.lookup.reached_from(path)
        for name, reference in facts.imports
        if app.resolve(reference, path) == symbol
    )
    return min(programs, key=lambda each: (each[0].count("/"), each), default=None)


def _is_never_put_there(app: "App", route: Route) -> bool:
    """Whether a file puts a route on its app that no other file imports."""
    path = _registered_in(route)
    if route.router != route.app or path == app.file_of(route.app) or path in app.imported:
        return False
    return path in app.files and not app.files[path].is_program


def _registered_in(route: Route) -> str:
    return route.registered_in or route.file


def _attribute(app: "App", symbol: str, module: str) -> str | None:
    """`app`, or `create_app()` for an app that a function makes without being told anything."""
    inside = symbol.removeprefix(f"{module}.")
    if "." not in inside:
        return inside
    maker, _, _ = inside.rpartition(".")
    function = app.functions.get(f"{module}.{maker}")
    if (
        function is None
        or "." in maker
        or any(parameter.default is None and not parameter.starred for parameter in function.parameters)
    ):
        return None
    return f"{maker}()"


def _below(root: str, tests: str) -> str:
    """A test can only name folders above itself: it has to lie in the folder that the app starts in."""
    inside = not root or tests == root or tests.startswith(f"{root}/")
    return tests if inside else f"{root}/tests"


def _spoken(routes: Iterable[Route], symbol: str) -> str:
    """The framework of most of an app's routes: an app may mix them; "" where no test can ask any."""
    counted = Counter(route.framework for route in routes if route.app == symbol and route.framework in ASKING)
    return min(counted, key=lambda each: (-counted[each], each), default="")


def without_app(app: "App", file: str, family: str) -> tuple[str, int]:
    """The path of a test that only reads what starts in the folder of a file, and how far that folder is above it."""
    root = start_folder(app, file)
    tests = _below(root, tests_folder(app, file))
    return free_name(app, tests, family), tests.removeprefix(root).strip("/").count("/") + 1


def inside(app: "App", file: str) -> str:
    """The path of a file from the folder in which its program starts."""
    root = start_folder(app, file)
    return file.removeprefix(f"{root}/") if root else file


def _is_name(part: str) -> bool:
    return part.isidentifier() and not keyword.iskeyword(part)


def _can_be_asked(route: Route) -> bool:
    """By a request of its own: what stands behind a widget of a page has none."""
    typed = set(_TYPED.findall(route.path or ""))
    by_request = bool(route.path) and not route.page
    if route.methods == ("WEBSOCKET",):
        by_request = by_request and route.framework in ASKS_WEBSOCKETS
    return by_request and typed <= _ANSWERABLE


def _stays_open(app: "App", route: Route) -> bool:
    """A public route that a test may call for real: it only answers."""
    plain = _can_be_asked(route) and "{" not in (route.path or "") and route.methods == ("GET",)
    if not plain or not app.publicity(route).is_public or not app.access(route).is_open:
        return False
    if app.judge.bodies.of(route.handler).refuses is not None or app.onwards.get(route.handler):
        return False  # signing out ends at the page for signing in, which looks like a refusal
    stakes = app.stakes(route)
    return not (stakes.writes or stakes.external)


def cases_of(routes: Iterable[Route]) -> list[RouteCase]:
    asked = (RouteCase(method, route.path or "/") for route in routes for method in _methods(route))
    return list(dict.fromkeys(asked))


def _methods(route: Route) -> tuple[str, ...]:
    return ("GET",) if route.kind is Kind.PAGE else route.methods


def free_name(app: "App", folder: str, family: str) -> str:
    stem = f"{folder}/test_controls_{family.replace('-', '_')}"
    names = (f"{stem}{ending}.py" for ending in ("", *(f"_{number}" for number in range(2, 100))))
    return next(name for name in names if name not in app.paths)
