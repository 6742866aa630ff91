"""What one file says, as frozen data that is cached and joined: no syntax node, no secret value.

`transforms.walk.read` makes them by one parse and one walk in which every reader takes part; `dump` and `load` carry
them into a cache and back. Facts name their module, so a cache key is made from the blob *and* the path.
"""

import dataclasses
import functools
import hashlib
import json
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

from transforms.concepts import (
    AddressLookup,
    Alias,
    AuditSink,
    Class,
    CloudFunction,
    Constant,
    Entrance,
    ErrorHandler,
    Exemption,
    Function,
    Guarded,
    Handles,
    Include,
    Instance,
    PasswordCheck,
    Permission,
    Predicate,
    Route,
    Router,
    Scheme,
    Session,
    Setting,
)
from transforms.concepts_data import Comparison, Condition, Entity, Onward, Passing, Query, RowScope
from transforms.concepts_secrets import Asker, Client, Holder, NameUse, SecretUse
from transforms.source import Skipped


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that readers took from one file."""

    path: str
    module: str
    imports: tuple[tuple[str, str], ...] = ()  # local name -> reference; a star import is ("*", module)
    assigned: tuple[tuple[str, str], ...] = ()  # module-level `name = other.name`: symbol -> reference
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    aliases: tuple[Alias, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    routers: tuple[Router, ...] = ()
    includes: tuple[Include, ...] = ()
    routes: tuple[Route, ...] = ()
    entities: tuple[Entity, ...] = ()
    queries: tuple[Query, ...] = ()
    secrets: tuple[SecretUse, ...] = ()
    sessions: tuple[Session, ...] = ()
    settings: tuple[Setting, ...] = ()
    audit_sinks: tuple[AuditSink, ...] = ()
    clients: tuple[Client, ...] = ()
    accepted_risks: tuple[tuple[int, str, str], ...] = ()  # line, control id, reason: `# tenon: accept-risk[id] reason`
    name_uses: tuple[NameUse, ...] = ()
    instances: tuple[Instance, ...] = ()
    constants: tuple[Constant, ...] = ()
    guarded: tuple[Guarded, ...] = ()
    error_handlers: tuple[ErrorHandler, ...] = ()
    relative_imports: tuple[str, ...] = ()  # the local names among `imports` that were imported relatively
    inserted: tuple[str, int, bool] | None = None  # of a module that a patch added: its name, version, still unedited
    comparisons: tuple[Comparison, ...] = ()
    passings: tuple[Passing, ...] = ()
    row_scopes: tuple[RowScope, ...] = ()
    askers: tuple[Asker, ...] = ()
    holders: tuple[Holder, ...] = ()
    conditions: tuple[Condition, ...] = ()
    onwards: tuple[Onward, ...] = ()
    entrances: tuple[Entrance, ...] = ()
    cloud_functions: tuple[CloudFunction, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    predicates: tuple[Predicate, ...] = ()
    permissions: tuple[Permission, ...] = ()
    handled: tuple[Handles, ...] = ()
    password_checks: tuple[PasswordCheck, ...] = ()
    address_lookups: tuple[AddressLookup, ...] = ()


Fact = (
    Function
    | Class
    | Alias
    | Scheme
    | Router
    | Include
    | Route
    | Entity
    | Query
    | SecretUse
    | Session
    | Setting
    | AuditSink
    | Client
    | Instance
    | Constant
    | Guarded
    | ErrorHandler
    | Exemption
    | NameUse
    | Comparison
    | Passing
    | RowScope
    | Asker
    | Holder
    | Condition
    | Onward
    | Entrance
    | CloudFunction
    | Predicate
    | Permission
    | Handles
    | PasswordCheck
    | AddressLookup
)

_FIELD_OF: dict[type, str] = {
    Function: "functions",
    Class: "classes",
    Alias: "aliases",
    Scheme: "schemes",
    Router: "routers",
    Include: "includes",
    Route: "routes",
    Entity: "entities",
    Query: "queries",
    SecretUse: "secrets",
    Session: "sessions",
    Setting: "settings",
    AuditSink: "audit_sinks",
    Client: "clients",
    Instance: "instances",
    Constant: "constants",
    Guarded: "guarded",
    Comparison: "comparisons",
    Passing: "passings",
    RowScope: "row_scopes",
    Condition: "conditions",
    Onward: "onwards",
    Entrance: "entrances",
    CloudFunction: "cloud_functions",
    Predicate: "predicates",
    Permission: "permissions",
    Handles: "handled",
    PasswordCheck: "password_checks",
    AddressLookup: "address_lookups",
    ErrorHandler: "error_handlers",
    Exemption: "exemptions",
    NameUse: "name_uses",
    Asker: "askers",
    Holder: "holders",
}


def collect(facts: Facts, found: list[Fact]) -> Facts:
    """`facts` with every found fact in the field of its type, in the order of finding."""
    by_field: dict[str, list[Fact]] = {}
    for fact in found:
        by_field.setdefault(_FIELD_OF[type(fact)], []).append(fact)
    changes: dict[str, Any] = {name: tuple(values) for name, values in by_field.items()}
    return dataclasses.replace(facts, **changes)


def cache_key(blob: str, path: str) -> str:
    """The key of a file's facts: its blob sha and, because facts name their module, its path."""
    return hashlib.sha256(f"{blob}:{path}".encode()).hexdigest()[:40]


@functools.cache
def facts_version() -> str:
    """A digest of the code that makes facts: an edit to a reader makes every older cache entry stale."""
    digest = hashlib.sha256()
    for folder in ("transforms", "transforms.frameworks", "transforms.secrets", "transforms.textfiles"):
        for entry in sorted(resources.files(folder).iterdir(), key=lambda item: item.name):
            if entry.name.endswith(".py"):
                digest.update(entry.name.encode() + entry.read_bytes())
    return digest.hexdigest()[:16]


def dump(result: Facts | Skipped) -> bytes:
    """What reading a file came to, as JSON: a dataclass is the list of its fields, trailing defaults left out."""
    plain = {"path": result.path, "reason": result.reason} if isinstance(result, Skipped) else _plain(result)
    return json.dumps(plain, separators=(",", ":"), ensure_ascii=False).encode()


def load(data: bytes) -> Facts | Skipped:
    """What `dump` wrote; raises ValueError for anything else."""
    try:
        plain = json.loads(data)
        return Skipped(**plain) if isinstance(plain, dict) else typing.cast("Facts", _builder(Facts)(plain))
    except (TypeError, KeyError, IndexError) as error:
        raise ValueError("not a dump of facts") from error


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if not dataclasses.is_dataclass(value):
        return value
    defaults = [field.default for field in dataclasses.fields(value)]
    values = [getattr(value, field.name) for field in dataclasses.fields(value)]
    while values and values[-1] == defaults[len(values) - 1]:
        values.pop()
    return [_plain(item) for item in values]


@functools.cache
def _builder(kind: Any) -> Callable[[Any], Any]:
    """How to make a value of a type from its JSON form; the common cases cost no call per item."""
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        inner = next(_builder(option) for option in typing.get_args(kind) if option is not type(None))
        return lambda data: None if data is None else inner(data)
    if origin is tuple:
        items = typing.get_args(kind)
        if items[-1] is Ellipsis:
            return _many(_builder(items[0]))
        each = [_builder(item) for item in items]
        return lambda data: tuple(build(item) for build, item in zip(each, data, strict=True))
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_builder(kind)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    return _as_is


def _as_is(data: Any) -> Any:
    return data


def _many(build: Callable[[Any], Any]) -> Callable[[Any], Any]:
    if build is _as_is:
        return tuple
    return lambda data: tuple(map(build, data)) if data else ()


def _dataclass_builder(kind: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    builders = [_builder(hints[field.name]) for field in dataclasses.fields(kind)]
    if all(build is _as_is for build in builders):
        return lambda data: kind(*data)
    made = [(index, build) for index, build in enumerate(builders) if build is not _as_is]

    def of(data: Any) -> Any:
        for index, build in made:
            if index >= len(data):
                break
            data[index] = build(data[index])  # the list comes fresh from JSON and is nobody else's
        return kind(*data)

    return of
