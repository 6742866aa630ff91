"""Which secrets an app has: the same value in several files is one secret with many places.

Values are told apart by a seal that the caller brings (`same_secret.value_key`); nothing here keeps or shows one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from transforms.app import App
from transforms.concepts_secrets import SecretUse
from transforms.frameworks.secret_naming import name_of
from transforms.gate_secrets import valued
from transforms.secrets import kind

Seal = Callable[[str], str]
Placing = Callable[[str], str]  # from the name of a secret to its path in a broker


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a secret stands."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One secret: what it is called, what it is, where it stands and where it belongs. Never its value."""

    name: str
    kind: str
    title: str
    spots: tuple[Spot, ...]
    kept_at: str  # the path in the broker
    seal: str
    placeholder: bool
    test_only: bool
    rotate_url: str | None
    revoke: str


def inventory(app: App, files: Mapping[str, bytes], seal: Seal, place: Placing) -> tuple[Listed, ...]:
    """Every secret of the app, by name and with its place in a broker; tests and examples behind the rest."""
    groups: dict[str, list[SecretUse]] = {}
    for use, value in valued(app, files):
        groups.setdefault(seal(value), []).append(use)
    listed = [_listed(app, uses, value_seal, place) for value_seal, uses in groups.items()]
    return tuple(sorted(listed, key=lambda each: (each.test_only, each.placeholder, each.name, each.spots[0].path)))


def values_of(app: App, files: Mapping[str, bytes], seal: Seal) -> dict[str, str]:
    """Value by seal: for whoever puts them where they belong. Never to be shown or kept."""
    return {seal(value): value for _, value in valued(app, files)}


def _listed(app: App, uses: Iterable[SecretUse], value_seal: str, place: Placing) -> Listed:
    """The place that a patch moves speaks for the others: its name is the one that the app will ask for."""
    ordered = sorted(uses, key=lambda use: (use.test_only, not use.movable, use.file, use.place.line))
    first = ordered[0]
    found, name = kind(first.kind), name_of(app, first)
    return Listed(
        name=name,
        kind=first.kind,
        title=found.title,
        spots=tuple(dict.fromkeys(Spot(use.file, use.place.line) for use in ordered)),
        kept_at=place(name),
        seal=value_seal,
        placeholder=all(use.placeholder for use in ordered),
        test_only=all(use.test_only for use in ordered),
        rotate_url=found.rotate_url,
        revoke=found.revoke,
    )
