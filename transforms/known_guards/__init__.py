"""What guards of libraries do, by reference: data for `guarding`, one file for each framework. The folder is the list.

A file may have `AUTHENTICATES`, `LOGINS`, `ASKS`, `OPTIONAL`, `HARMLESS`, `ROLES`, `ROLES_BY_CALL` (behind the
reference stands how it is called), `READERS_PASS`, `SIGNATURES` and `TELLS`: tuples of regular expressions, each
matched against the whole reference (`HARMLESS`, `TELLS`: its beginning, up to a dot); and `STATUSES`, a table. `()`
reads "the result of calling", so `fastapi_users.FastAPIUsers().current_user()` is what
`FastAPIUsers(...).current_user(...)` returns, under whatever names an app keeps the two.
"""

import functools
import importlib
import pkgutil
import re
from collections.abc import Mapping
from enum import StrEnum
from types import ModuleType

MOST_KEPT = 32_768  # references whose meaning is remembered: apps bring new ones for as long as a worker lives


class Known(StrEnum):
    """What is known about a library's callable in guard position."""

    AUTHENTICATES = "authenticates"
    ASKS = "asks"  # answers 401 or 403 when there is no credential, but checks none
    OPTIONAL = "optional"  # answers None when there is no credential
    HARMLESS = "harmless"


_WORDS = re.compile(
    r"auth|login|logged|current_?user|principal|identity|jwt|token|permission|role|admin|secur|api_?key|credential|protect|"
    r"require|verify|validate_?user|signed|access_?control|rbac|clerk|cognito|keycloak|okta|supabase_?user|firebase",
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=MOST_KEPT)
def verdict_of_library(reference: str, flags: tuple[str, ...] = ()) -> Known | None:
    """What is known about a library's callable; None for one that nobody wrote down here."""
    lenient = bool({"optional=True", "auto_error=False"} & set(flags))
    if _pattern("OPTIONAL").fullmatch(reference):
        return Known.OPTIONAL
    if _pattern("AUTHENTICATES").fullmatch(reference):
        return Known.OPTIONAL if lenient else Known.AUTHENTICATES
    if _pattern("ASKS").fullmatch(reference):
        return Known.OPTIONAL if "auto_error=False" in flags else Known.ASKS
    return Known.HARMLESS if _pattern("HARMLESS").match(f"{reference}.") else None


@functools.lru_cache(maxsize=MOST_KEPT)
def passes_readers(reference: str) -> bool:
    """Whether a library's predicate lets everybody read, and asks who it is before anything else."""
    return _pattern("READERS_PASS").fullmatch(reference) is not None


@functools.lru_cache(maxsize=MOST_KEPT)
def status_of_library(reference: str) -> int | None:
    """The HTTP status that raising or returning something of a library answers."""
    return next((module.STATUSES[reference] for module in _modules() if reference in _statuses(module)), None)


@functools.lru_cache(maxsize=MOST_KEPT)
def asks_for_a_role(reference: str, code: str = "") -> bool:
    """Whether a library's callable, as it is written, is known to let only callers with a role or permission pass."""
    by_call = bool(code) and _pattern("ROLES_BY_CALL").fullmatch(f"{reference} {code}") is not None
    return by_call or _pattern("ROLES").fullmatch(reference) is not None


@functools.lru_cache(maxsize=MOST_KEPT)
def checks_a_signature(reference: str) -> bool:
    """Whether calling something of a library checks the signature of another service, and fails on a bad one."""
    return _pattern("SIGNATURES").fullmatch(reference) is not None


@functools.lru_cache(maxsize=MOST_KEPT)
def is_plain_login(reference: str) -> bool:
    """Whether a library's callable asks who somebody is, and certainly nothing else."""
    return _pattern("LOGINS").fullmatch(reference) is not None


@functools.lru_cache(maxsize=MOST_KEPT)
def tells_who_is_calling(reference: str) -> bool:
    """Whether something of a library holds who is calling, or is part of that."""
    return _pattern("TELLS").match(f"{reference}.") is not None


def looks_like_access_control(reference: str) -> bool:
    """Whether a callable that cannot be read is called like a guard: then nobody can tell."""
    return _WORDS.search(reference) is not None


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    """One expression of all files; it matches nothing where no file has one."""
    parts = [part for module in _modules() for part in getattr(module, name, ())]
    if name in ("HARMLESS", "TELLS"):
        parts = [rf"(?:{part})\." for part in parts]
    return re.compile("|".join(f"(?:{part})" for part in parts) or r"(?!)")


@functools.cache
def _modules() -> list[ModuleType]:
    return [importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]


def _statuses(module: ModuleType) -> Mapping[str, int]:
    found: Mapping[str, int] = getattr(module, "STATUSES", {})
    return found
