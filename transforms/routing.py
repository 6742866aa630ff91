"""Routes of the whole app: full paths along every chain of includes, and every guard in front of the handler."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from transforms.concepts import GuardUse, How, Include, Route, Router
from transforms.frameworks import framework, verb

if TYPE_CHECKING:
    from transforms.app import App

MOST_PLACES = 8  # under which one router is followed
LONGEST_CHAIN = 10  # routers below each other

_TEST = re.compile(r"(?:^|/)(?:tests?|testing)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")
_CONSTANT = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class Above:
    """What stands above a route on one chain of includes."""

    prefix: str | None = ""
    guards: tuple[GuardUse, ...] = ()
    app: str = ""


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
            if router is not None or _speaks(route.framework, facts.imports):
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
        for facts in app.files.values():
            for include in facts.includes:
                if not is_test(facts.path):
                    self._hang(include)
        for facts in app.files.values():
            for each in facts.guarded:
                if each.guard.how == How.MIDDLEWARE and not is_test(facts.path):
                    owner = self._real(self.router_of(each.owner, facts.path) or each.owner)
                    self._middleware[owner] += app.guard_targets(each.guard, facts.path)

    def router_of(self, reference: str, near: str) -> str | None:
        """The symbol of the router that a reference means: by name, held by an object, or made by a function."""
        for symbol in (self.app.resolve(reference, near), self.app.meaning(reference, near)):
            if symbol in self.app.routers or symbol in self._above:
                return symbol
            if symbol.endswith("()") and (made := self._made_in.get(symbol.removesuffix("()"))):
                return made[-1]
        return None

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

    def _real(self, symbol: str) -> str:
        """The app that a parameter stands for, when a function is handed it: middleware put on one is on the other."""
        for _ in range(LONGEST_CHAIN):
            handed = [parent for parent, include in self._above.get(symbol, ()) if ":" in include.child]
            if not handed:
                break
            symbol = handed[0]
        return symbol

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
        prefix = joined(outer.prefix, expanded(self.app, include.prefix, include.file), own.prefix)
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


def expanded(app: "App", path: str | None, near: str, depth: int = 0) -> str | None:
    """A path with its constants filled in; None when one of them is not known."""
    if path is None or depth > LONGEST_CHAIN:
        return None
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
    """One path of prefixes; None when one of them is unknown."""
    if None in parts:
        return None
    return "".join(part or "" for part in parts)


def _of_attribute(app: "App", reference: str, near: str) -> str | None:
    """`settings.API_PREFIX` with `settings = Settings()` or `get_settings()`: the constant of the class."""
    owner, _, name = app.meaning(reference, near).rpartition(".")
    owner = owner.replace("()", "")
    function = app.functions.get(owner)
    candidates = [owner] if function is None else [app.resolve(call, function.file) for call in function.calls]
    return next((app.constants[f"{each}.{name}"] for each in candidates if f"{each}.{name}" in app.constants), None)


def _placed(app: "App", hung: Hanging, route: Route, router: str | None) -> Iterator[Route]:
    own = expanded(app, route.path, route.file)
    handler = app.meaning(route.handler, route.file)
    function = app.functions.get(handler)
    close = [found for guard in route.guards for found in app.guard_targets(guard, route.file)]
    if function is not None:
        route = replace(route, place=function.place, file=function.file, registered_in=_other(route, function.file))
        close += _class_guards(app, handler)
        close += function.guards
    known: Router | None = app.routers.get(router or "")
    for above in _distinct(hung.above(router) if router is not None else [Above(None if known is None else "")]):
        yield replace(
            route,
            path=joined(above.prefix, own),
            own_path=own if own is not None else _literal_part(route.path),
            handler=handler,
            router=router or route.router,
            guards=(*above.guards, *close),
            app=above.app,
        )


def _served(app: "App", route: Route) -> Iterable[Route]:
    """What is behind an entry, where a framework's entries name classes that serve many requests."""
    found: list[Route] | None = verb(route.framework, "serve")(app, route)
    return (route,) if found is None else found


def _other(route: Route, handler_file: str) -> str:
    return route.file if route.file != handler_file else ""


def _class_guards(app: "App", handler: str) -> list[GuardUse]:
    """Dependencies of a class-based view, as class attributes or arguments of its `__init__`."""
    owner = handler.rpartition(".")[0]
    if owner not in app.classes:
        return []
    facts = app.files[app.classes[owner].file]
    found = [use for each in facts.guarded if each.owner == owner for use in app.guard_targets(each.guard, facts.path)]
    init = app.functions.get(f"{owner}.__init__")
    return found + (list(init.guards) if init is not None else [])


def _distinct(chains: Iterable[Above]) -> list[Above]:
    found: dict[Above, None] = {}
    for above in chains:
        found[above] = None
        if len(found) >= MOST_PLACES:
            break
    return list(found)


def _literal_part(path: str | None) -> str | None:
    return _CONSTANT.sub("", path) if path is not None else None


def _speaks(framework_name: str, imports: Iterable[tuple[str, str]]) -> bool:
    packages = framework(framework_name).PACKAGES
    return any(reference.partition(".")[0] in packages for _, reference in imports)
