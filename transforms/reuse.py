"""What a patch puts in front of routes, and what every framework asks when it looks for the app's own.

A second way to sign in beside a working one would be worse than a hole: so the app's own guard comes first, in the
app's own spelling. Which of its functions can stand there is for each framework to say: its verbs `own_guard` and
`has_own_guard`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.concepts import Function, Route
from transforms.shared_secrets import shared_secret

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.edit_kinds import Edit

Sparing = Callable[[Route], bool]  # whether a route stays as it is although it is open


@dataclass(frozen=True, slots=True)
class Guard:
    """A callable that a patch puts in front of routes: importable as `module.name`."""

    module: str
    name: str
    own: bool  # the app's own, or the organisation's; False: it comes with the patch

    @property
    def symbol(self) -> str:
        """The reference of the callable."""
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True)
class RoleGuard:
    """A check of a role that a patch puts in front of routes: an expression, and the names it needs.

    `names` are symbols by the name under which the expression has them: `{"require_role": "app.deps.require_role"}`.
    """

    code: str  # `require_role("admin")`, `require_admin`
    names: tuple[tuple[str, str], ...]
    own: bool
    role: str | None = None  # the role it asks for, where a test can know it
    makes: "tuple[Edit, ...]" = ()  # edits that write it first
    signs_in: str = ""  # the app's guard below it, where a test can put a caller of its own in its place
    passes: str = ""  # what that caller must have to pass, as keyword arguments: `is_admin=True`
    inside: bool = False  # a test that stands in the handler, no callable


def in_one_program(app: "App", symbol: str, route: Route) -> bool:
    """Whether a symbol and a route run together: a repository may hold several services."""
    guard, entry = app.file_of(symbol), route.registered_in or route.file
    if not guard or guard == entry or app.reaches(entry, guard):
        return True
    return app.starts_in(guard) == app.starts_in(entry)


def most_used(counted: Counter[str]) -> list[str]:
    """The symbols, the most frequent first, the same every time."""
    return [symbol for symbol, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]


def inside_module(app: "App", symbol: str) -> str:
    """The names of a symbol behind its module: `Service.find` of `app.services.Service.find`; "" for a library's."""
    module = app.module_of(symbol)
    return symbol.removeprefix(f"{module}.") if module is not None else ""


def needs_guard(app: "App", route: Route) -> bool:
    """Whether a route is open and not meant to be."""
    publicity = app.publicity(route)
    return app.access(route).is_open and not publicity.is_public and not publicity.is_unsure


def asks_for_a_shared_key(app: "App", function: Function) -> bool:
    """Whether a guard lets in whoever brings one key for all callers, and cannot tell them apart."""
    key = shared_secret(app, function.symbol)
    return key is not None and key.names_nobody


def has_guard(app: "App", route: Route, guard: Guard) -> bool:
    """Whether this guard keeps strangers out of a route already."""
    access = app.access(route)
    return access.is_guarded and access.guard is not None and access.guard.symbol == guard.symbol


def line_of(app: "App", guard: Guard) -> int | None:
    """The last line of the function that a guard is."""
    function = app.functions.get(guard.symbol)
    return function.place.end_line if function is not None else None


def defined_in(app: "App", path: str) -> set[str]:
    """The symbols that a file defines."""
    facts = app.files[path]
    kinds = (facts.functions, facts.classes, facts.instances, facts.aliases, facts.schemes, facts.routers)
    return {each.symbol for kind in kinds for each in kind}


def closes_a_circle(app: "App", guard: Guard, path: str) -> bool:
    """Whether the guard's module imports, however indirectly, the file that would import it."""
    guarding = app.modules.get(guard.module)
    return guarding is not None and app.reaches(guarding.path, path)
