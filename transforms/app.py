"""The facts of all files, joined: what the app as a whole is.

References are resolved to symbols across files here: through imports, re-exports and module-level aliases, and from
whichever folder the app is started in (`from app.deps import x` may mean `backend/app/deps.py`).
"""

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from transforms.concepts import Class, Entity, Function, Query, SecretUse
from transforms.facts import Facts
from transforms.policy import Binding, Policy


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


class App:
    """All facts of one commit. `paths` are all files of the snapshot, those that are not Python included."""

    def __init__(self, facts: Iterable[Facts], paths: Iterable[str] = (), placement: Placement | None = None) -> None:
        self.files: dict[str, Facts] = {each.path: each for each in facts}
        self.paths = frozenset(paths) | frozenset(self.files)
        self.placement = placement or Placement()

    @functools.cached_property
    def modules(self) -> dict[str, Facts]:
        """Facts by module name, and by every shorter name that a start folder could give it (the first one wins)."""
        found = {each.module: each for each in self.files.values()}
        for each in sorted(self.files.values(), key=lambda facts: facts.path.count("/")):
            rest = each.module
            while "." in rest:
                rest = rest.partition(".")[2]
                found.setdefault(rest, each)
        return found

    @functools.cached_property
    def functions(self) -> dict[str, Function]:
        """Every function and method by symbol."""
        return {function.symbol: function for each in self.files.values() for function in each.functions}

    @functools.cached_property
    def classes(self) -> dict[str, Class]:
        """Every class by symbol."""
        return {each.symbol: each for facts in self.files.values() for each in facts.classes}

    @property
    def entities(self) -> Iterator[Entity]:
        """Every stored class."""
        return (entity for facts in self.files.values() for entity in facts.entities)

    @property
    def queries(self) -> Iterator[Query]:
        """Every database query."""
        return (query for facts in self.files.values() for query in facts.queries)

    @property
    def secrets(self) -> Iterator[SecretUse]:
        """Every literal that is or looks like a secret."""
        return (secret for facts in self.files.values() for secret in facts.secrets)

    def resolve(self, reference: str) -> str:
        """The symbol that a reference means, followed through re-exports; a reference to a library stays as it is."""
        seen: set[str] = set()
        while reference not in seen:
            seen.add(reference)
            reference = self._one_step(reference)
        return reference

    def _one_step(self, reference: str) -> str:
        module, name = self._split(reference)
        if module is None:
            return reference
        head, _, rest = name.partition(".")
        symbol = f"{module.module}.{name}" if name else module.module
        assigned, imports = dict(module.assigned), dict(module.imports)
        if symbol in assigned:
            return assigned[symbol]
        if head in imports:
            return f"{imports[head]}.{rest}" if rest else imports[head]
        if "*" in imports and head and not self._defines(module, head):
            return f"{imports['*']}.{name}"
        return symbol

    def _split(self, reference: str) -> tuple[Facts | None, str]:
        """The longest prefix that is a module of the app, and the names behind it."""
        parts = reference.split(".")
        for cut in range(len(parts), 0, -1):
            if (module := self.modules.get(".".join(parts[:cut]))) is not None:
                return module, ".".join(parts[cut:])
        return None, reference

    def _defines(self, module: Facts, name: str) -> bool:
        symbol = f"{module.module}.{name}"
        kinds = (module.functions, module.classes, module.routers, module.aliases, module.schemes)
        return any(symbol == each.symbol for kind in kinds for each in kind)
