"""The facts of all files by what they are about: tables that need nothing but the facts themselves."""

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping

from transforms.concepts import Class, GuardUse, Handles, Permission, Router, Setting
from transforms.concepts_data import Condition, Entity, Query, Ways
from transforms.concepts_secrets import SecretUse, SentHeader
from transforms.facts import Facts

_SITE = ".<site>"  # how an app ends that a settings module configures


class Joined:
    """All facts of one commit, by path and by symbol."""

    def __init__(self, facts: Iterable[Facts]) -> None:
        found = {each.path: each for each in facts}
        self.files: dict[str, Facts] = {path: _as_imported(each, found) for path, each in found.items()}

    @functools.cached_property
    def classes(self) -> dict[str, Class]:
        """Every class by symbol."""
        return {each.symbol: each for facts in self.files.values() for each in facts.classes}

    @functools.cached_property
    def aliases(self) -> dict[str, tuple[GuardUse, ...]]:
        """The guards that a module-level name stands for, by symbol."""
        found: dict[str, list[GuardUse]] = {}
        for facts in self.files.values():
            for alias in facts.aliases:
                found.setdefault(alias.symbol, []).append(alias.guard)
        return {symbol: tuple(guards) for symbol, guards in found.items()}

    @functools.cached_property
    def instances(self) -> dict[str, str]:
        """What module-level names and attributes of objects hold: symbol -> reference of the call's result."""
        return {each.symbol: each.reference for facts in self.files.values() for each in facts.instances}

    @functools.cached_property
    def statuses(self) -> dict[str, tuple[int, ...]]:
        """The HTTP statuses of errors kept under a name, by symbol: `denied = HTTPException(401)`."""
        held = (each for facts in self.files.values() for each in facts.instances)
        return {each.symbol: each.statuses for each in held if each.statuses}

    @functools.cached_property
    def constants(self) -> dict[str, str]:
        """URL paths kept in constants, by symbol."""
        return {each.symbol: each.value for facts in self.files.values() for each in facts.constants}

    @functools.cached_property
    def scheme_headers(self) -> dict[str, str]:
        """The headers that schemes of the app read, by symbol."""
        return {each.symbol: each.header for facts in self.files.values() for each in facts.schemes}

    @functools.cached_property
    def routers(self) -> dict[str, Router]:
        """Every app and router by symbol."""
        return {each.symbol: each for facts in self.files.values() for each in facts.routers}

    @functools.cached_property
    def predicates(self) -> dict[str, tuple[tuple[str, str, str], ...]]:
        """What functions that let pass by answering True say to strangers, by symbol; see `Predicate`."""
        return {each.function: each.answers for facts in self.files.values() for each in facts.predicates}

    @functools.cached_property
    def permissions(self) -> dict[str, list[Permission]]:
        """Which predicates are asked, by the symbol of what says so."""
        return _by_owner(each for facts in self.files.values() for each in facts.permissions)

    @functools.cached_property
    def handled(self) -> dict[str, Handles]:
        """Which methods functions and classes answer, by symbol."""
        return {each.owner: each for facts in self.files.values() for each in facts.handled}

    @functools.cached_property
    def ways(self) -> dict[str, Ways]:
        """On which ways the callers of functions get on that may ask for a role, by symbol."""
        return {each.function: each for facts in self.files.values() for each in facts.ways}

    @functools.cached_property
    def conditions(self) -> dict[str, tuple[Condition, ...]]:
        """What each function asks, by its symbol; what functions inside it ask is theirs."""
        found: dict[str, list[Condition]] = {}
        for facts in self.files.values():
            for each in facts.conditions:
                found.setdefault(each.function, []).append(each)
        for part in (each for facts in self.files.values() for each in facts.runs):
            met = set(part.conditions)
            found[part.part] = [each for each in found.get(part.function, ()) if each.place in met]
        return {symbol: tuple(conditions) for symbol, conditions in found.items()}

    @functools.cached_property
    def onwards(self) -> dict[str, tuple[str, ...]]:
        """Where functions send their callers next, by symbol: names of handlers, paths."""
        found: dict[str, list[str]] = {}
        for facts in self.files.values():
            for each in facts.onwards:
                found.setdefault(each.function, []).append(each.target)
        return {symbol: tuple(targets) for symbol, targets in found.items()}

    @property
    def entities(self) -> Iterator[Entity]:
        """Every stored class."""
        return (entity for facts in self.files.values() for entity in facts.entities)

    @property
    def queries(self) -> Iterator[Query]:
        """Every database query."""
        return (query for facts in self.files.values() for query in facts.queries)

    @property
    def sent_headers(self) -> Iterator[SentHeader]:
        """Every credential that a call sends to another service."""
        return (each for facts in self.files.values() for each in facts.sent_headers)

    @property
    def settings(self) -> Iterator[Setting]:
        """Every configuration value with a bearing on security; what tests set says nothing about the app."""
        from transforms.routing import is_test

        return (each for facts in self.files.values() if not is_test(facts.path) for each in facts.settings)

    @property
    def secrets(self) -> Iterator[SecretUse]:
        """Every literal that is or looks like a secret."""
        return (secret for facts in self.files.values() for secret in facts.secrets)


def _as_imported(facts: Facts, files: Mapping[str, Facts]) -> Facts:
    """What a file says that others import: a package of the same name stands before `settings.py`.

    Only what settings say of a site goes: other files may be started by their path, and secrets are there all the same.
    """
    if f"{facts.path.removesuffix('.py')}/__init__.py" not in files:
        return facts
    return dataclasses.replace(
        facts,
        routers=tuple(each for each in facts.routers if not each.symbol.endswith(_SITE)),
        includes=tuple(each for each in facts.includes if not each.parent.endswith(_SITE)),
        guarded=tuple(each for each in facts.guarded if not each.owner.endswith(_SITE)),
        permissions=tuple(each for each in facts.permissions if not each.owner.endswith(_SITE)),
    )


def _by_owner(found: Iterable[Permission]) -> dict[str, list[Permission]]:
    by_owner: dict[str, list[Permission]] = {}
    for each in found:
        by_owner.setdefault(each.owner, []).append(each)
    return by_owner
