"""The secrets of a checkout together with what is known about them: their owners, their copies, their rotation."""

import re
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.ledger import Entry, Ledger, Status
from bot.owners import Owners
from bot.surfaces.inventory_report import Item, Place

if TYPE_CHECKING:
    from bot.commands.listing import Listing
    from bot.config import Config
    from transforms.inventory import Listed


def today() -> str:
    """The day, as ISO 8601 writes it (UTC)."""
    return datetime.now(UTC).date().isoformat()


def account(listing: "Listing", ledger: Ledger, root: Path, others: Mapping[str, tuple[str, ...]]) -> tuple[Item, ...]:
    """Everything that is in the code, and what the ledger knows beside."""
    owners = Owners.beside(root)
    items = [_item(each, listing, ledger, owners, others) for each in listing.listed]
    seen = {(each.name, each.seal) for each in items}
    gone = [entry for entry in ledger.entries if not any(_is_there(entry, name, seal) for name, seal in seen)]
    return (*items, *map(_moved, gone))


def _is_there(entry: Entry, name: str, seal: str) -> bool:
    return entry.name == name and entry.speaks_of(seal)


def _item(
    listed: "Listed", listing: "Listing", ledger: Ledger, owners: Owners, others: Mapping[str, tuple[str, ...]]
) -> Item:
    seal = listing.kept_seal(listed)
    entry = ledger.find(listed.name, seal)
    return Item(
        name=listed.name,
        kind=listed.kind,
        title=listed.title,
        places=tuple(Place(spot.path, spot.line) for spot in listed.spots),
        kept_at=listed.kept_at,
        owner=" ".join(dict.fromkeys(filter(None, (owners.of_path(spot.path) for spot in listed.spots)))),
        status=(entry.status if entry is not None else Status.OPEN).value,
        is_leak=not (listed.placeholder or listed.test_only),
        seal=seal,
        rotate_url=listed.rotate_url,
        revoke=listed.revoke,
        rotated_on=entry.rotated_on if entry else "",
        rotated_by=entry.rotated_by if entry else "",
        copies=others.get(listed.seal, ()),
    )


def _moved(entry: Entry) -> Item:
    from transforms.secrets import kinds

    known = next((each for each in kinds() if each.id == entry.kind), None)
    return Item(
        name=entry.name,
        kind=entry.kind,
        title=known.title if known else entry.kind,
        places=(),
        kept_at=entry.kept_at,
        owner=entry.owner,
        status=entry.status.value,
        is_leak=True,
        seal=entry.seal,
        rotate_url=known.rotate_url if known else None,
        revoke=known.revoke if known else "",
        rotated_on=entry.rotated_on,
        rotated_by=entry.rotated_by,
    )


def entries(items: Iterable[Item], day: str) -> tuple[Entry, ...]:
    """What the ledger is to remember: every leak."""
    return tuple(
        Entry(each.name, each.kind, Status(each.status), day, each.kept_at, each.owner, each.seal)
        for each in items
        if each.is_leak
    )


def copies(listing: "Listing", config: "Config", root: Path) -> dict[str, tuple[str, ...]]:
    """Which other repositories have the same secrets; remembers those of this one. Nothing without a key."""
    if not listing.stable:
        return {}
    from bot.store import CopyRecord, open_store

    if config.store_url().startswith("sqlite"):
        config.data_dir.mkdir(parents=True, exist_ok=True)
    repository = repository_name(root)
    real = [each for each in listing.listed if not each.placeholder]
    store = open_store(config.store_url())
    try:
        records = [CopyRecord(each.seal, repository, each.name, each.kind, len(each.spots)) for each in real]
        store.copies.replace(repository, records)
        return store.copies.elsewhere(repository, [each.seal for each in real])
    finally:
        store.close()


def repository_name(root: Path) -> str:
    """How other repositories are told about this one: its address without an account, else its folder."""
    command = ["git", "-C", str(root), "remote", "get-url", "origin"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return str(root)
    address = re.sub(r"://[^@/]*@", "://", done.stdout.strip())
    return address.removesuffix(".git") if done.returncode == 0 and address else str(root)
