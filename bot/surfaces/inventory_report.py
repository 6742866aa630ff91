"""The inventory of secrets: a table for people, JSON, and a CycloneDX bill of materials. Never a value."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from bot import __version__
from bot.surfaces.text import plain

MATERIAL = {
    "private-key": "private-key", "framework-signing-key": "secret-key", "jwt-signing-key": "secret-key",
    "account-password": "password", "database-password": "password", "smtp-password": "password",
    "access-token": "token", "json-web-token": "token", "password-hash": "digest",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A line that holds the secret."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Item:
    """One secret as people are told about it."""

    name: str
    kind: str
    title: str
    places: tuple[Place, ...]  # none: it left the code, and the history still has it
    kept_at: str
    owner: str
    status: str  # open | rotated
    is_leak: bool  # False for placeholders, tests and examples
    seal: str = ""
    rotate_url: str | None = None
    revoke: str = ""
    rotated_on: str = ""
    rotated_by: str = ""
    copies: tuple[str, ...] = ()  # other repositories that have it

    @property
    def is_open(self) -> bool:
        """Whether somebody has to rotate it."""
        return self.is_leak and self.status == "open"


def table_lines(items: Sequence[Item], hidden: int) -> Iterator[str]:
    """A row for each secret, its places below it, and how many are open."""
    rows = [("NAME", "KIND", "STATUS", "OWNER", "BROKER PATH"), *map(_row, items)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for index, row in enumerate(rows):
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        if index:
            yield from _below(items[index - 1])
    open_ones = sum(each.is_open for each in items)
    yield ""
    yield f"{len(items)} secret(s), {open_ones} open: rotate" + (f"; {hidden} more with --all" if hidden else "")


def _row(item: Item) -> tuple[str, str, str, str, str]:
    status = "open: rotate" if item.is_open else item.status if item.is_leak else "no leak"
    return plain(item.name), item.kind, status, plain(item.owner) or "-", plain(item.kept_at)


def _below(item: Item) -> Iterator[str]:
    for place in item.places:
        yield f"    {plain(place.path)}:{place.line}"
    if not item.places:
        yield "    not in the code any more; the history still has it"
    if item.rotated_on:
        yield f"    rotated on {item.rotated_on} by {plain(item.rotated_by)}"
    for other in item.copies:
        yield f"    the same value is in {plain(other)}"


def as_json(items: Sequence[Item]) -> dict[str, Any]:
    """One object for each secret."""
    return {
        "format": 1,
        "tenon": __version__,
        "open": sum(each.is_open for each in items),
        "secrets": [{**asdict(each), "leak": each.is_leak} for each in items],
    }


def as_cyclonedx(items: Sequence[Item], application: str) -> dict[str, Any]:
    """A bill of materials (CycloneDX 1.6): each secret is key material of the application, with its occurrences."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "tools": {"components": [{"type": "application", "name": "tenon", "version": __version__}]},
            "component": {"type": "application", "bom-ref": "application", "name": application},
        },
        "components": [_component(number, item) for number, item in enumerate(items, 1)],
    }


def _component(number: int, item: Item) -> dict[str, Any]:
    about = {
        "kind": item.kind, "status": item.status, "broker-path": item.kept_at, "owner": item.owner,
        "rotated-on": item.rotated_on, "rotated-by": item.rotated_by,
    }  # fmt: skip
    state = "compromised" if item.is_open else "deactivated" if item.is_leak else "pre-activation"
    component: dict[str, Any] = {
        "type": "cryptographic-asset",
        "bom-ref": f"secret-{number}-{item.name}",
        "name": item.name,
        "description": item.title,
        "cryptoProperties": {
            "assetType": "related-crypto-material",
            "relatedCryptoMaterialProperties": {"type": MATERIAL.get(item.kind, "credential"), "state": state},
        },
        "properties": [{"name": f"tenon:{name}", "value": value} for name, value in about.items() if value],
    }
    if item.places:
        occurrences = [{"location": place.path, "line": place.line} for place in item.places]
        component["evidence"] = {"occurrences": occurrences}
    if item.rotate_url:
        component["externalReferences"] = [{"type": "other", "url": item.rotate_url, "comment": "where to rotate it"}]
    return component
