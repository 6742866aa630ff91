"""The facts of all files, joined: what the app as a whole is.

References are resolved to symbols across files here: through imports, re-exports and module-level aliases, and from
whichever folder the app is started in (`from app.deps import x` may mean `backend/app/deps.py`). Routes with their full
paths, and the judgement of what guards them, are made by `routing` and `guarding` on top of that.
"""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from transforms.concepts import Function, GuardUse, How, Kind, Place, Route
from transforms.facts import Facts
from transforms.frozen import replaced
from transforms.joined import Joined
from transforms.lookup import Lookup
from transforms.policy import Binding, Policy

if TYPE_CHECKING:
    from transforms.access import Access
    from transforms.accounts import PasswordLogin
    from transforms.administration import Spirit
    from transforms.auditing import Auditing
    from transforms.callers import Callers
    from transforms.concepts_secrets import SentHeader
    from transforms.guarding import Judge
    from transforms.outgoing import Exchange, Sending
    from transforms.owner_checks import OwnerCheck
    from transforms.ownership import ColumnNames
    from transforms.public import Publicity
    from transforms.reaching import Reaching
    from transforms.roles import Roles
    from transforms.routing import Hanging
    from transforms.shapes import Shape
    from transforms.shared_secrets import SharedKey
    from transforms.stakes import Stakes
    from transforms.tenancy import Tenancy
    from transforms.tooling import ToolUse

LONGEST_CHAIN = 12  # steps of looking up what a reference means


@dataclass(frozen=True, slots=True)
class Placement:
    """Where and how a patch adds what an app lacks: from policy, never from the pull request's head."""

    controls_package: str = "controls"
    broker: str = "env"
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    public_routes: tuple[str, ...] = ()

    @classmethod
    def of(cls, policy: Policy) -> "Placement":
        """The placement that a policy says."""
        return cls(policy.controls_package, policy.broker, policy.bindings, policy.public_routes)


class App(Joined):
    """All facts of one commit. `paths` are all files of the snapshot, those that are not Python included."""

    def __init__(
        self,
        facts: Iterable[Facts],
        paths: Iterable[str] = (),
        placement: Placement | None = None,
        uncommitted: Iterable[str] = (),  # files that git is not known to have
    ) -> None:
        super().__init__(facts)
        self.uncommitted = frozenset(uncommitted)
        self.paths = frozenset(paths) | frozenset(self.files)
        self.placement = placement or Placement()
        self.values: Mapping[tuple[str, Place], int] = {}  # which secrets have one value: by number, never the value
        self.lookup = Lookup(self.files.values())
        self.worked_out: dict[tuple[Any, ...], Any] = {}  # see `transforms.once`
        self.patched: App | None = None  # as the patches of one control leave it, while its proof is asked for
        self._publicity: dict[Route, Publicity] = {}
        self._shapes: dict[Route, Shape] = {}
        self._spirits: dict[Route, Spirit | None] = {}
        self._tenancies: dict[ColumnNames, Tenancy] = {}
        self._meanings: dict[str, dict[str, str]] = defaultdict(dict)  # by file

    @functools.cached_property
    def modules(self) -> dict[str, Facts]:
        """Facts by module name, and by every shorter name that a start folder could give it (the first one wins)."""
        return {name: found[0].facts for name, found in self.lookup.modules.items()}

    @functools.cached_property
    def functions(self) -> dict[str, Function]:
        """Every function and method by symbol, with the dependencies it declares."""
        plain = self._plain_functions
        guards = self._guards_of_functions(plain)
        return {
            symbol: replaced(function, guards=tuple(guards[symbol])) if symbol in guards else function
            for symbol, function in plain.items()
        }

    @functools.cached_property
    def error_handlers(self) -> dict[str, str]:
        """Which function answers for an exception class, by the symbol of the class."""
        return {
            self.resolve(each.exception, path): self.resolve(each.handler, path)
            for path, facts in self.files.items()
            for each in facts.error_handlers
        }

    @functools.cached_property
    def exemptions(self) -> dict[str, tuple[str, ...]]:
        """What guards of many routes let through without a look, by the symbol of the guard."""
        return {each.function: each.patterns for facts in self.files.values() for each in facts.exemptions}

    @functools.cached_property
    def guarded(self) -> dict[str, list[tuple[GuardUse, str]]]:
        """Guards that hang on functions and classes, with the path of their file, by symbol."""
        found: dict[str, list[tuple[GuardUse, str]]] = {}
        for path, facts in self.files.items():
            for each in facts.guarded:
                found.setdefault(each.owner, []).append((each.guard, path))
        return found

    @functools.cached_property
    def endpoints(self) -> tuple[Route, ...]:
        """Every handler that something outside can reach: routes, tools and tasks."""
        from transforms.routing import routes_of

        return tuple(routes_of(self))

    @functools.cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every route with its full path and all guards in front of it, the outermost first."""
        return tuple(each for each in self.endpoints if each.kind not in (Kind.TOOL, Kind.TASK))

    @functools.cached_property
    def tools(self) -> tuple[Route, ...]:
        """What agents can call, with all guards in front of it."""
        return tuple(each for each in self.endpoints if each.kind is Kind.TOOL)

    def access(self, route: Route) -> "Access":
        """Whether somebody unknown is kept out of a route, and what shows it."""
        return self.judge.access(route)

    @functools.cached_property
    def imported(self) -> frozenset[str]:
        """The files that others import, tests left out."""
        from transforms.routing import imported_files

        return imported_files(self)

    def is_served_nowhere(self, route: Route) -> bool:
        """Whether no app serves a route, as far as can be told."""
        from transforms.routing import is_served_nowhere

        return is_served_nowhere(self, route)

    @functools.cached_property
    def hanging(self) -> "Hanging":
        """Which router hangs where."""
        from transforms.routing import Hanging

        return Hanging(self)

    @functools.cached_property
    def reaching(self) -> "Reaching":
        """Which routes come to call which functions."""
        from transforms.reaching import Reaching

        return Reaching(self)

    def tenancy(self, **columns: tuple[str, ...]) -> "Tenancy":
        """Whose rows each query sees, by `columns` as `ColumnNames` has them; worked out once for each choice."""
        from transforms.ownership import ColumnNames
        from transforms.tenancy import Tenancy

        names = ColumnNames(**columns)
        if names not in self._tenancies:
            self._tenancies[names] = Tenancy(self, names)
        return self._tenancies[names]

    @functools.cached_property
    def inner(self) -> dict[str, tuple[str, ...]]:
        """The functions that are defined inside a function or class, by its symbol."""
        found: dict[str, list[str]] = {}
        for symbol in self._plain_functions:
            found.setdefault(symbol.rpartition(".")[0], []).append(symbol)
        return {around: tuple(symbols) for around, symbols in found.items()}

    @functools.cached_property
    def callers(self) -> "Callers":
        """What functions know about who is calling."""
        from transforms.callers import Callers

        return Callers(self, self.reaching)

    @functools.cached_property
    def roles(self) -> "Roles":
        """Which routes ask for a role."""
        from transforms.roles import Roles

        return Roles(self)

    @functools.cached_property
    def owner_checks(self) -> "tuple[OwnerCheck, ...]":
        """Where functions that routes reach compare whose something is, and what is wrong with it."""
        from transforms.owner_checks import owner_checks

        return tuple(owner_checks(self))

    @functools.cached_property
    def shared_keys(self) -> "tuple[SharedKey, ...]":
        """The keys that are one for all callers, and what they open."""
        from transforms.shared_secrets import shared_keys

        return shared_keys(self)

    def sendings(self, services: Iterable[str]) -> "Iterator[Sending]":
        """The keys that calls send to other services; `services` are those that a policy names."""
        from transforms.outgoing import sendings

        return sendings(self, services)

    def exchange(self, concerned: "SharedKey | SentHeader", services: Iterable[str]) -> "Exchange":
        """The guards and calls that share one key with a guard or a call."""
        from transforms.outgoing import exchange

        return exchange(self, concerned, services)

    @functools.cached_property
    def password_logins(self) -> "tuple[PasswordLogin, ...]":
        """The apps that sign people in by passwords of their own."""
        from transforms.accounts import password_logins

        return tuple(password_logins(self))

    def form_apart(self, route: Route) -> tuple[Route, Route] | None:
        """A page that is a form without data, and what is sent from it, where one handler does both."""
        from transforms.reading import form_apart

        return form_apart(self, route)

    def spirit(self, route: Route) -> "Spirit | None":
        """Whether a route is for administrators in spirit, and how sure that is."""
        if route not in self._spirits:
            from transforms.administration import spirit_of

            self._spirits[route] = spirit_of(self, route)
        return self._spirits[route]

    @functools.cached_property
    def auditing(self) -> "Auditing":
        """What routes change, and what is recorded of it."""
        from transforms.auditing import Auditing

        return Auditing(self)

    def publicity(self, route: Route) -> "Publicity":
        """Whether a route is meant to be open to everybody, and what shows it."""
        if (found := self._publicity.get(route)) is None:
            from transforms.public import publicity

            found = self._publicity[route] = publicity(self, route)
        return found

    def shape(self, route: Route) -> "Shape":
        """The words of a route's path and handler, and what else says what it is for."""
        if (found := self._shapes.get(route)) is None:
            from transforms.shapes import Shape

            found = self._shapes[route] = Shape.of(self, route)
        return found

    @functools.cached_property
    def has_login(self) -> bool:
        """Whether any of its routes keeps strangers out."""
        from transforms.public import has_login

        return has_login(self)

    @functools.cached_property
    def signs_in_administrators_only(self) -> bool:
        """Whether it has a login of administrators, and no other account."""
        from transforms.public import only_administrators_sign_in

        return only_administrators_sign_in(self)

    def runs_when_imported(self, router: str) -> bool:
        """Whether importing the module of an app or server starts it."""
        module = self.module_of(router)
        facts = self.modules.get(module or "")
        return facts is not None and any(each.name == "runs_when_imported" for each in facts.settings)

    def tool_use(self, tool: Route) -> "ToolUse":
        """From where a tool can be called, and what it does."""
        from transforms.tooling import tool_use

        return tool_use(self, tool)

    def stakes(self, route: Route) -> "Stakes":
        """What is at stake when a stranger calls a route."""
        from transforms.stakes import stakes

        return stakes(self, route)

    def resolve(self, reference: str, near: str = "") -> str:
        """The symbol that a reference means, followed through re-exports; a reference to a library stays as it is.

        Where two folders have a module of that name, the one closest to the file `near` is meant.
        """
        return self.lookup.resolve(reference, near)

    def meaning(self, reference: str, near: str = "") -> str:
        """Like `resolve`, and through what names hold: `service.find` with `service = Service()` is `Service.find`."""
        known = self._meanings[near]
        if (found := known.get(reference)) is None:
            found = known[reference] = self._meaning(reference, near)
        return found

    def _meaning(self, reference: str, near: str) -> str:
        if reference.partition(".")[0].removesuffix("()") not in self.lookup.roots:
            return reference
        for _ in range(LONGEST_CHAIN):
            head, called, rest = reference.partition("()")
            resolved = self.resolve(head, near)
            stepped = self._held(resolved) + called + rest
            if called and rest and resolved in self.classes:
                stepped = resolved + rest  # an attribute of an object of that class
            if stepped == reference:
                break
            reference = stepped
        return self._inherited(reference)

    def is_own(self, symbol: str) -> bool:
        """Whether a symbol belongs to a module of the app, rather than of a library."""
        return self.lookup.split(symbol)[0] is not None

    def module_of(self, symbol: str) -> str | None:
        """The module of the app that a symbol belongs to."""
        facts, rest = self.lookup.split(symbol)
        return facts.module if facts is not None and rest else None

    def file_of(self, symbol: str) -> str:
        """The path of the module that a symbol belongs to; "" for a library's."""
        facts, _ = self.lookup.split(symbol)
        return facts.path if facts is not None else ""

    def starts_in(self, path: str) -> str:
        """The folder that is on the path when the program runs that the file belongs to."""
        from transforms.placement import start_folder

        return start_folder(self, path)

    def reaches(self, path: str, other: str) -> bool:
        """Whether importing the file at `path` imports the file at `other`, directly or through others."""
        return self.lookup.reaches(path, other)

    def method(self, owner: str, name: str) -> Function | None:
        """The method that objects of the class with symbol `owner` have under that name, inherited ones included."""
        return self.functions.get(self._inherited(f"{owner}.{name}"))

    def inside(self, symbol: str) -> tuple[Function, ...]:
        """The functions that stand in a function or class, at whatever depth."""
        return tuple(self._inside.get(symbol, ()))

    @functools.cached_property
    def _inside(self) -> dict[str, list[Function]]:
        found: dict[str, list[Function]] = {}
        for symbol, function in self.functions.items():
            head = symbol.rpartition(".")[0]
            while head:
                found.setdefault(head, []).append(function)
                head = head.rpartition(".")[0]
        return found

    def ancestors(self, symbol: str) -> Iterator[str]:
        """The class itself and all classes it inherits from, libraries' included, nearest first."""
        waiting, seen = [symbol], set[str]()
        while waiting:
            each = waiting.pop(0)
            if each in seen:
                continue
            seen.add(each)
            yield each
            if (known := self.classes.get(each)) is not None:
                waiting += [self.resolve(base, known.file) for base in known.bases]

    def guard_targets(self, guard: GuardUse, near: str) -> tuple[GuardUse, ...]:
        """A guard with its target resolved; a name that stands for guards gives those."""
        named = self._named(guard, near)
        if (held := self.aliases.get(named.target)) is not None:
            inner = (self._named(each, self.file_of(named.target)) for each in held)
            return tuple(replaced(guard, file=near, **_callable_of(each)) for each in inner)
        plain_default = guard.how is How.PARAMETER and guard.code and "(" not in guard.code
        return () if plain_default else (named,)

    def _named(self, guard: GuardUse, near: str) -> GuardUse:
        head, called, _ = guard.target.partition("()")
        symbol = self.resolve(head, near)
        switches = (*guard.flags, *self._flags.get(symbol, ()))
        return replaced(
            guard, target=self.meaning(guard.target, near), symbol=symbol + called, flags=switches, file=near
        )

    @functools.cached_property
    def judge(self) -> "Judge":
        """The reader of guards, which remembers what it has read."""
        from transforms.guarding import Judge

        return Judge(self)

    @functools.cached_property
    def _plain_functions(self) -> dict[str, Function]:
        known = [function for each in self.files.values() for function in each.functions]
        by_path = {function.file: function for function in known if function.script}
        return by_path | {function.symbol: function for function in known}

    def class_behind(self, annotation: str, near: str) -> str:
        """The symbol of the class that a parameter's annotation means, also through an alias: `user: CurrentUser`."""
        symbol = self.resolve(annotation, near)
        aliased = self._alias_types.get(symbol)
        return self.resolve(aliased, self.file_of(symbol)) if aliased is not None else symbol

    @functools.cached_property
    def _alias_types(self) -> dict[str, str]:
        """What a parameter annotated with an alias receives: `service: ServiceDep` is a `Service`."""
        known = (alias for facts in self.files.values() for alias in facts.aliases)
        return {alias.symbol: alias.type for alias in known if alias.type}

    @functools.cached_property
    def _flags(self) -> dict[str, tuple[str, ...]]:
        held = (each for facts in self.files.values() for each in facts.instances)
        return {each.symbol: each.flags for each in held if each.flags}

    def _guards_of_functions(self, functions: Mapping[str, Function]) -> dict[str, list[GuardUse]]:
        found: dict[str, list[GuardUse]] = {}
        for facts in self.files.values():
            for each in facts.guarded:
                if each.guard.how in (How.PARAMETER, How.GATE, How.INLINE):
                    found.setdefault(each.owner, []).extend(self.guard_targets(each.guard, facts.path))
        for symbol, function in functions.items():
            for use in self._annotated_guards(function):
                found.setdefault(symbol, []).append(use)
        return found

    def _annotated_guards(self, function: Function) -> Iterator[GuardUse]:
        """The guards of parameters whose annotation is an alias: `user: CurrentUser`."""
        for parameter in function.parameters:
            written = parameter.annotation or ""
            if parameter.reference is None or parameter.place is None or "[" in written:
                continue
            if self.resolve(parameter.reference, function.file) in self.aliases:
                use = GuardUse(parameter.reference, How.PARAMETER, parameter.place, (), parameter.name, written)
                yield from self.guard_targets(use, function.file)

    def _held(self, symbol: str) -> str:
        """A symbol whose longest known head holds a call's result, with that head replaced."""
        head = symbol
        while "." in head:
            rest = symbol[len(head) :]
            if head in self._plain_functions or head in self.routers or (head in self.aliases and not rest):
                return symbol
            held = self.instances.get(head) or (self._alias_types.get(head) if rest else None)
            if held is not None:
                return held + rest
            head = head.rpartition(".")[0]
        return symbol

    def _inherited(self, symbol: str) -> str:
        """The symbol of a method as its defining class has it."""
        owner, _, name = symbol.rpartition(".")
        if symbol in self._plain_functions or owner not in self.classes:
            return symbol
        for each in self.ancestors(owner):
            if f"{each}.{name}" in self._plain_functions:
                return f"{each}.{name}"
        return symbol


def _callable_of(guard: GuardUse) -> dict[str, Any]:
    return {"target": guard.target, "symbol": guard.symbol, "scopes": guard.scopes, "flags": guard.flags}
