"""One file for each broker, the places where secrets are kept: how one is put there, and what the app needs to ask.

The folder is the list: a module with `BROKER` is one. What an app says to ask is the same for all of them
(`get_secret("NAME")`, see `transforms/inserted/secrets.py`); the broker decides what has to stand ready.
"""

import functools
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_WITH_PREFIX = re.compile(r"\$SECRETS_PREFIX[/-]")


class Handed(StrEnum):
    """How a compose file hands a variable on."""

    ASKED = "asked"  # compose stops where it is not set
    PASSED = "passed"  # where it is set
    CHOSEN = "chosen"  # it is this broker unless something else is said


@dataclass(frozen=True, slots=True)
class Setting:
    """An environment variable that the app needs where it runs."""

    name: str
    meaning: str
    handed: Handed = Handed.ASKED


@dataclass(frozen=True, slots=True)
class Broker:
    """A place where secrets are kept.

    Texts may hold `{name}`, or `{dashed}` where names have no underscores; a value is always `<value>`, for a person to
    fill in.
    """

    id: str
    title: str
    over_network: bool  # whether asking is a network call, which must not happen when a module is imported
    settings: tuple[Setting, ...]
    put: str  # the command that stores a secret
    check: str  # the command that shows that it is there, without showing it
    place: str  # where in it the app looks
    steps: tuple[str, ...] = ()  # what else has to be done, once
    passed: tuple[str, ...] = ()  # further variables that a container may sign in with
    in_container: str = ""  # how a container signs in, in a sentence

    def provision(self, name: str) -> str:
        """One sentence: how the secret of that name is put where the app will ask for it."""
        return f"Provision {name} before merging: {said(self.put, name)}"

    def handed(self) -> Iterator[tuple[str, str | None]]:
        """The variables that a container of compose needs to ask, each with its value there; see `HandOn`."""
        for setting in self.settings:
            match setting.handed:
                case Handed.CHOSEN:
                    yield setting.name, f"${{{setting.name}:-{self.id}}}"
                case Handed.PASSED:
                    yield setting.name, ""
                case Handed.ASKED:
                    yield setting.name, None
        yield from ((name, "") for name in self.passed)

    def path(self, name: str, prefix: str | None = None) -> str:
        """Where in it the app looks for the secret of that name, under its prefix if that is known."""
        path = said(self.place, name)
        if prefix is None:
            return path
        return path.replace("$SECRETS_PREFIX", prefix.strip("/-")) if prefix else _WITH_PREFIX.sub("", path)


@functools.cache
def brokers() -> tuple[Broker, ...]:
    """Every broker, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}").BROKER for name in names)


def broker(broker_id: str) -> Broker:
    """The broker with that id; raises KeyError."""
    return {each.id: each for each in brokers()}[broker_id]


def setup(broker_id: str) -> tuple[str, ...]:
    """What an app needs where it runs, and what else has to be done once: lines of comment."""
    kept = broker(broker_id)
    settings = (f"# where the app runs: {setting.name}: {setting.meaning}" for setting in kept.settings)
    return (*settings, *(f"# {step}" for step in kept.steps))


def commands(broker_id: str, name: str) -> tuple[str, ...]:
    """How a secret is put there, and how to see that it is there."""
    kept = broker(broker_id)
    return said(kept.put, name), said(kept.check, name)


def render(broker_id: str, names: tuple[str, ...]) -> str:
    """Everything a person does so that an app finds these secrets, as a shell script with `<value>` to be filled in."""
    kept = broker(broker_id)
    lines = [f"# {kept.title}", *setup(broker_id)]
    for name in names:
        lines += commands(broker_id, name)
    return "\n".join(lines) + "\n"


def said(text: str, name: str) -> str:
    """A broker's text about the secret of that name."""
    return text.format(name=name, dashed=name.replace("_", "-"))
