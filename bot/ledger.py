"""What a repository remembers about its secrets: which leaked, and which were rotated since. Never a value.

A file beside the policy, made to be committed: a leak stays open after its literal has left the code, because the
history still holds it, until somebody attests that it was rotated.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path

from bot.errors import TenonError

PATH = ".github/tenon-secrets.json"
FORMAT = 1


class Status(StrEnum):
    """What became of a leaked secret."""

    OPEN = "open"  # rotate it
    ROTATED = "rotated"


@dataclass(frozen=True, slots=True)
class Entry:
    """One secret that was found in the code."""

    name: str
    kind: str
    status: Status
    since: str  # the day it was first listed
    kept_at: str = ""
    owner: str = ""
    seal: str = ""  # keyed hash of the value that leaked; empty where no key was set
    rotated_on: str = ""
    rotated_by: str = ""

    def speaks_of(self, seal: str) -> bool:
        """Whether it is about the value with this seal: without a key, names have to do."""
        return not (seal and self.seal) or self.seal == seal


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries, by name."""

    entries: tuple[Entry, ...] = ()

    def find(self, name: str, seal: str = "") -> Entry | None:
        """The entry of a secret."""
        return next((each for each in self.entries if each.name == name and each.speaks_of(seal)), None)

    def with_entries(self, new: Iterable[Entry]) -> "Ledger":
        """Together with entries that are not there yet."""
        added = [each for each in new if self.find(each.name, each.seal) is None]
        return Ledger(tuple(sorted((*self.entries, *added), key=lambda each: (each.name, each.since))))

    def rotated(self, name: str, day: str, who: str) -> "Ledger":
        """With every open entry of that name rotated."""

        def changed(entry: Entry) -> Entry:
            if entry.name != name or entry.status is Status.ROTATED:
                return entry
            return replace(entry, status=Status.ROTATED, rotated_on=day, rotated_by=who)

        return Ledger(tuple(map(changed, self.entries)))


def load(root: Path) -> Ledger:
    """The ledger of a checkout, empty where none is; raises TenonError for a file that is none."""
    path = root / PATH
    if not path.is_file():
        return Ledger()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise TenonError(f"{path} has a format that this version of Tenon does not know.")
        known = {field.name for field in fields(Entry)}
        kept = [{name: value for name, value in each.items() if name in known} for each in document["secrets"]]
        return Ledger(tuple(Entry(**{**each, "status": Status(each["status"])}) for each in kept))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise TenonError(f"{path} is no ledger of secrets: mend it, or remove it to begin anew.") from None


def save(root: Path, ledger: Ledger) -> Path:
    """Write it, and say where."""
    path = root / PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    secrets = [{name: value for name, value in asdict(each).items() if value} for each in ledger.entries]
    path.write_text(json.dumps({"format": FORMAT, "secrets": secrets}, indent=2) + "\n", encoding="utf-8")
    return path
