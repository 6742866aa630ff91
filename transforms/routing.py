"""Routes of the whole app: full paths along every chain of includes, and every guard in front of the handler."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from transforms.concepts import ALL_BUT, GuardUse, How, Include, Kind, Route, Router
from transforms.frameworks import framework, verb
from transforms.frozen import replaced

if TYPE_CHECKING:
    from transforms.app import App

MOST_PLACES = 8  # under which one router is followed
LONGEST_CHAIN = 10  # routers below each other
VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"})

# Methods of a class that is the handler of a route.
_OF_WEBSOCKETS = frozenset({"on_connect"})
# What a Guarded fact may hang on an app or router.
_ON_ROUTERS = frozenset({How.MIDDLEWARE, How.APP, How.GATE, How.VERIFIER})
_TEST = re.compile(r"(?:^|/)(?:tests?|testing)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")
_IMPORTS_BY_NAME = frozenset({"importlib", "pkgutil"})
_CONSTANT = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class Above:
    """What stands above a route on one chain of includes."""

    prefix: str | None = ""
    guards: tuple[GuardUse, ...] = ()
    app: str = ""


@functools.lru_cache(maxsize=8192)
def is_test(path: str) -> bool:
    """Whether a file is there to test the app: the apps that tests build say nothing about the real one."""
    return _TEST.search(path) is not None


def routes_of(app: "App") -> Iterator[Route]:
    """Every route, once for each place where its router hangs."""
    hung = app.hanging
    for facts in app.files.values():
        if is_test(facts.path):
            continue
        for route in facts.routes:
            router = hung.router_of(route.router, facts.path)
            if _is_anothers(app, router, route.framework):
                continue
            spoken = router is not None or _speaks(route.framework, facts.imports)
            if spoken and verb(route.framework, "is_served")(app, route) is not False:
                for placed in _placed(app, hung, route, router):
                    yield from _served(app, placed)


class Hanging:
    """Which router hangs where: includes and mounts with both ends resolved."""

    def __init__(self, app: "App") -> None:
        self.app = app
        self._made_in: dict[str, list[str]] = defaultdict(list)  # function -> routers it makes
        for symbol in app.routers:
            self._made_in[symbol.rpartition(".")[0]].append(symbol)
        self._above: dict[str, list[tuple[str, Include]]] = defaultdict(list)  # child -> (parent, how)
        self._middleware: dict[str, list[GuardUse]] = defaultdict(list)
        self._chains: dict[str, list[Above]] = {}
        for facts in app.files.values():
            for include in facts.includes:
                if not is_test(facts.path):
                    self._hang(include)
        for facts in app.files.values():
            for each in facts.guarded:
                on_router = each.guard.how in _ON_ROUTERS and each.owner not in app.functions
                if on_router and not is_test(facts.path):
                    targets = app.guard_targets(each.guard, facts.path)
                    for owner in self._all_handed(self.router_of(each.owner, facts.path) or each.owner):
                        self._middleware[self._topmost(owner) if each.on_app else owner] += targets

    def router_of(self, reference: str, near: str) -> str | None:
        """The symbol of the router that a reference means: by name, held by an object, or made by a function."""
        for symbol in (self.app.resolve(reference, near), self.app.meaning(reference, near)):
            if symbol in self.app.routers or symbol in self._above:
                return symbol
            if (listed := symbol.removesuffix(".urls")) in self.app.routers:  # `urlpatterns = router.urls`
                return listed
            if symbol.endswith("()") and (made := self._made_in.get(symbol.removesuffix("()"))):
                return made[-1]
        return None

    def chains(self, router: str) -> list[Above]:
        """What stands above the routes of a router on each chain that is followed; worked out once for all of them."""
        if router not in self._chains:
            self._chains[router] = _distinct(self.above(router))
        return self._chains[router]

    def above(self, router: str, depth: int = 0) -> Iterator[Above]:
        """What stands above the routes of a router, on each chain up to an app; its own prefix and guards included."""
        own = self._own(router)
        parents = self._above.get(router, [])
        if depth >= LONGEST_CHAIN or not parents:
            yield own
            return
        for parent, include in parents[:MOST_PLACES]:
            for outer in self.above(parent, depth + 1):
                yield self._below(outer, include, own)

    def includes_of(self, router: str) -> tuple[Include, ...]:
        """The calls that hang a router somewhere."""
        return tuple(include for _, include in self._above.get(router, ()))

    def stands_for(self, symbol: str) -> str:
        """The app that a parameter stands for, when a function is handed it; the first of several."""
        return self._all_handed(symbol)[0]

    def _all_handed(self, symbol: str) -> list[str]:
        """Every app that a parameter stands for: middleware put on it is on all of them."""
        found, seen, waiting = list[str](), set[str](), [symbol]
        while waiting and len(seen) < MOST_PLACES:
            each = waiting.pop(0)
            seen.add(each)
            handed = {parent: None for parent, include in self._above.get(each, ()) if ":" in include.child}
            waiting += [parent for parent in handed if parent not in seen]
            if not handed:
                found.append(each)
        return found or [symbol]

    def _topmost(self, symbol: str) -> str:
        """The app that a router hangs below."""
        for _ in range(LONGEST_CHAIN):
            parents = self._above.get(symbol, [])
            if not parents:
                break
            symbol = parents[0][0]
        return symbol

    def parents_of(self, router: str) -> Iterator[str]:
        """Every router above a router, the nearest first."""
        waiting, seen = [router], {router}
        while waiting:
            for parent, _ in self._above.get(waiting.pop(0), ()):
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
                    yield parent

    def _own(self, router: str) -> Above:
        known = self.app.routers.get(router)
        guards = tuple(self._middleware.get(router, ()))
        if known is None:
            return Above("", guards)
        listed = tuple(found for guard in known.guards for found in self.app.guard_targets(guard, known.file))
        served_by = router if known.is_app else ""
        return Above(expanded(self.app, known.prefix, known.file), (*guards, *listed), served_by)

    def _below(self, outer: Above, include: Include, own: Above) -> Above:
        inherited = outer.guards
        if include.mounted:  # a mounted app is another application: only middleware still sees its requests
            inherited = tuple(guard for guard in inherited if guard.how == How.MIDDLEWARE)
        listed = tuple(found for guard in include.guards for found in self.app.guard_targets(guard, include.file))
        own_prefix = "" if include.replaces_prefix else own.prefix
        prefix = joined(outer.prefix, expanded(self.app, include.prefix, include.file), own_prefix)
        return Above(prefix, (*inherited, *listed, *own.guards), outer.app or own.app)

    def _hang(self, include: Include) -> None:
        parent = self.router_of(include.parent, include.file) or self.app.meaning(include.parent, include.file)
        child = self._handed(include) or self.router_of(include.child, include.file)
        if child is not None and child != parent:
            self._above[child].append((parent, include))

    def _handed(self, include: Include) -> str | None:
        """The parameter that a router is handed to: `register_routes:0` -> `app.routes.register_routes.app`."""
        callee, _, which = include.child.partition(":")
        if not which:
            return None
        function = self.app.functions.get(self.app.meaning(callee, include.file))
        if function is None:
            return None
        names = [parameter.name for parameter in function.parameters if parameter.name not in ("self", "cls")]
        name = names[int(which)] if which.isdigit() and int(which) < len(names) else which
        return f"{function.symbol}.{name}"


def is_served_nowhere(app: "App", route: Route) -> bool:
    """Whether a router hangs below no app, and nothing imports the file that makes it, while an app serves others."""
    known = app.routers.get(route.router)
    if known is None or known.is_app or route.app or app.hanging.includes_of(route.router):
        return False
    runs = any(each.is_app and each.file == known.file for each in app.routers.values())
    others = any(each.app and each.framework == route.framework for each in app.routes)
    return others and not runs and known.file not in app.imported


def imported_files(app: "App") -> frozenset[str]:
    """The files that the app imports; all of them where it imports by names that are made when it runs."""
    telling = [facts for facts in app.files.values() if not is_test(facts.path)]
    own = [facts for facts in telling if facts.inserted is None]  # a patch's own modules import libraries so
    if any(reference.partition(".")[0] in _IMPORTS_BY_NAME for facts in own for _, reference in facts.imports):
        return frozenset(app.files)
    return frozenset(each for facts in telling for each in app.lookup.imported_by(facts) if each != facts.path)


def expanded(app: "App", path: str | None, near: str, depth: int = 0) -> str | None:
    """A path with its constants filled in; None when one of them is not known."""
    if path is None or depth > LONGEST_CHAIN:
        return None
    if "<" not in path:
        return path
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        symbol = app.meaning(match[1], near)
        found = app.constants.get(symbol) or _of_attribute(app, match[1], near)
        found = expanded(app, found, app.file_of(symbol) or near, depth + 1)
        missing |= found is None
        return found or ""

    text = _CONSTANT.sub(value, path)
    return None if missing else text


def joined(*parts: str | None) -> str | None:
    """One path of prefixes, with one slash where two of them meet; None when one of them is unknown."""
    whole = ""
    for part in parts:
        if part is None:
            return None
        whole += part[1:] if whole.endswith("/") and part.startswith("/") else part
    return whole


def _of_attribute(app: "App", reference: str, near: str) -> str | None:
    """`settings.API_PREFIX` with `settings = Settings()` or `get_settings()`: the constant of the class."""
    owner, _, name = app.meaning(reference, near).rpartition(".")
    owner = owner.replace("()", "")
    function = app.functions.get(owner)
    candidates = [owner] if function is None else [app.resolve(call, function.file) for call in function.calls]
    return next((app.constants[f"{each}.{name}"] for each in candidates if f"{each}.{name}" in app.constants), None)


def _placed(app: "App", hung: Hanging, route: Route, router: str | None) -> Iterator[Route]:
    handler = app.meaning(route.handler, route.file)
    is_class = handler in app.classes and handler not in app.functions
    if is_class and not hasattr(framework(route.framework), "serve"):
        for method, answering in _answering(app, handler, route.methods):
            yield from _placed_handler(app, hung, replaced(route, methods=(method,)), router, answering)
    else:
        with_method = route if route.methods else replaced(route, methods=("GET",))
        yield from _placed_handler(app, hung, with_method, router, handler)


def _answering(app: "App", view: str, limited_to: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The methods that a class answers, in its own order, and the symbols of its methods that do."""
    named = (name for each in app.ancestors(view) if each in app.classes for name in app.classes[each].methods)
    is_socket = limited_to == ("WEBSOCKET",)
    verbs = [
        name for name in dict.fromkeys(named) if name in _OF_WEBSOCKETS or (name.upper() in VERBS and not is_socket)
    ]
    for name in verbs or ["dispatch_request"]:
        function = app.method(view, name)
        methods = (name.upper(),) if verbs and not is_socket else limited_to or ("GET",)
        for method in methods:
            if function is not None and (not limited_to or method in limited_to):
                yield method, function.symbol


def _placed_handler(app: "App", hung: Hanging, route: Route, router: str | None, handler: str) -> Iterator[Route]:
    own = expanded(app, route.path, route.file)
    view = app.meaning(route.handler, route.file)
    function = app.functions.get(handler)
    close = [found for guard in route.guards for found in app.guard_targets(guard, route.file)]
    at: dict[str, Any] = {}
    if function is not None and not function.script:  # a page is shown where it is registered
        at = {"place": function.place, "file": function.file, "registered_in": _other(route, function.file)}
        close += _class_guards(app, handler.rpartition(".")[0] if view == handler else view)
        reads_decorators = hasattr(framework(route.framework), "serve")
        if (view != handler or not route.takes_guards) and not reads_decorators:
            close += _decorating(app, handler)
    close += function.guards if function is not None else ()
    known: Router | None = app.routers.get(router or "")
    for above in hung.chains(router) if router is not None else [Above(None if known is None else "")]:
        yield replaced(
            route,
            path=joined(above.prefix, own) if route.kind not in (Kind.TOOL, Kind.TASK) else own,
            own_path=own if own is not None else _literal_part(route.path),
            handler=handler,
            router=hung.stands_for(router or route.router) if route.kind is Kind.TOOL else router or route.router,
            guards=tuple(each for each in (*above.guards, *close) if _stands_before(each, route, handler)),
            app=above.app,
            **at,
        )


def _served(app: "App", route: Route) -> Iterable[Route]:
    """What is behind an entry, where a framework's entries name what serves many requests or has many entrances."""
    served: Iterable[Route] | None = verb(route.framework, "serve")(app, route)
    if served is not None:
        return served
    entered: Iterable[Route] | None = verb(route.framework, "entered")(app, route)
    apart: Iterable[Route] | None = verb(route.framework, "told_apart")(app, route)
    return entered or (apart if apart is not None else (route,))


def _other(route: Route, handler_file: str) -> str:
    return route.file if route.file != handler_file else ""


def _class_guards(app: "App", owner: str) -> list[GuardUse]:
    """Guards of a class-based view, as class attributes (the nearest class that has any) or arguments of `__init__`."""
    if owner not in app.classes:
        return []
    found: list[GuardUse] = []
    for each in app.ancestors(owner):
        if found or each not in app.classes:
            break
        found = _owned(app, each, app.classes[each].file)
    init = app.functions.get(f"{owner}.__init__")
    return found + (list(init.guards) if init is not None else [])


def _owned(app: "App", owner: str, file: str) -> list[GuardUse]:
    facts = app.files[file]
    return [use for each in facts.guarded if each.owner == owner for use in app.guard_targets(each.guard, facts.path)]


def _decorating(app: "App", handler: str) -> list[GuardUse]:
    """The decorators of a handler that is registered elsewhere than by a decorator."""
    owned = _owned(app, handler, app.functions[handler].file)
    return [use for use in owned if use.how in (How.DECORATOR, How.ANSWER)]


def _distinct(chains: Iterable[Above]) -> list[Above]:
    found: dict[Above, None] = {}
    for above in chains:
        found[above] = None
        if len(found) >= MOST_PLACES:
            break
    return list(found)


def _stands_before(guard: GuardUse, route: Route, handler: str) -> bool:
    """Whether a guard of many routes is meant for this one: by its kind, and by the name of its endpoint."""
    if guard.kinds and route.kind not in guard.kinds:
        return False
    wanted = [each for each in guard.only if not each.startswith(ALL_BUT)]
    spared = [each.removeprefix(ALL_BUT) for each in guard.only if each.startswith(ALL_BUT)]
    return not wanted or (
        any(_is_endpoint(each, route, handler) for each in wanted)
        and not any(_is_endpoint(each, route, handler) for each in spared)
    )


def _is_endpoint(pattern: str, route: Route, handler: str) -> bool:
    """Whether a route is registered by that name: `login`, or `auth.login` of a blueprint."""
    blueprint, _, name = pattern.rpartition(".")
    called = handler.split(".")
    names = [route.endpoint] if route.endpoint else [called[-1], *(each.lower() for each in called[-2:])]
    if not any(fnmatchcase(each, name) for each in names):
        return False
    return not blueprint or route.router.rpartition(".")[2].startswith(blueprint) or blueprint in handler


def _literal_part(path: str | None) -> str | None:
    return _CONSTANT.sub("", path) if path is not None else None


def _is_anothers(app: "App", router: str | None, framework_name: str) -> bool:
    """Whether the router that a reader saw is one of another framework: `@app.get` looks the same in several."""
    known = app.routers.get(router or "")
    if known is None or known.framework == framework_name:
        return False
    return framework_name not in getattr(framework(known.framework), "HOSTS", ())


def _speaks(framework_name: str, imports: Iterable[tuple[str, str]]) -> bool:
    packages = framework(framework_name).PACKAGES
    return any(reference.partition(".")[0] in packages for _, reference in imports)
