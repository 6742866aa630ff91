"""What one file says, as frozen data that is cached and joined: no syntax node, no secret value.

`transforms.walk.read` makes them by one parse and one walk in which every reader takes part; `dump` and `load` carry
them into a cache and back. Facts name their module, so a cache key is made from the blob *and* the path.
"""

import dataclasses
import functools
import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import msgspec

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
    Runs,
    Scheme,
    Session,
    Setting,
)
from transforms.concepts_containers import Image, Service
from transforms.concepts_data import (
    AskedByTest,
    Comparison,
    Condition,
    Entity,
    Onward,
    Passing,
    Query,
    RowScope,
    StoredRow,
    Ways,
)
from transforms.concepts_secrets import (
    Asker,
    Client,
    Holder,
    NameUse,
    SecretUse,
    SentHeader,
    SettingRow,
    SettingsClass,
    SettingsFile,
    SettingsFileRead,
    SettingsGetter,
)
from transforms.source import Skipped


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that readers took from one file."""

    path: str
    module: str
    imports: tuple[tuple[str, str], ...] = ()  # local name -> reference; star imports: ("*", module), ("**", module)
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
    requests: tuple[AskedByTest, ...] = ()
    entrances: tuple[Entrance, ...] = ()
    cloud_functions: tuple[CloudFunction, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    predicates: tuple[Predicate, ...] = ()
    permissions: tuple[Permission, ...] = ()
    handled: tuple[Handles, ...] = ()
    runs: tuple[Runs, ...] = ()
    sent_headers: tuple[SentHeader, ...] = ()
    settings_classes: tuple[SettingsClass, ...] = ()
    settings_getters: tuple[SettingsGetter, ...] = ()
    setting_rows: tuple[SettingRow, ...] = ()
    settings_files: tuple[SettingsFile, ...] = ()
    settings_file_reads: tuple[SettingsFileRead, ...] = ()
    password_checks: tuple[PasswordCheck, ...] = ()
    address_lookups: tuple[AddressLookup, ...] = ()
    services: tuple[Service, ...] = ()
    images: tuple[Image, ...] = ()
    ways: tuple[Ways, ...] = ()
    stored_rows: tuple[StoredRow, ...] = ()
    variables: tuple[str, ...] = ()  # the names that a `.env` gives values to
    is_program: bool = False  # there is a condition `__name__ == "__main__"`

    @property
    def says_nothing(self) -> bool:
        """Whether no reader left a fact: what a file imports and calls by another name says nothing by itself."""
        return not any(getattr(self, name) for name in _FIELD_OF.values())


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
    | Ways
    | StoredRow
    | Onward
    | AskedByTest
    | Entrance
    | CloudFunction
    | Predicate
    | Permission
    | Handles
    | Runs
    | SentHeader
    | SettingsClass
    | SettingsGetter
    | SettingRow
    | SettingsFile
    | SettingsFileRead
    | PasswordCheck
    | AddressLookup
    | Service
    | Image
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
    Ways: "ways",
    StoredRow: "stored_rows",
    Onward: "onwards",
    AskedByTest: "requests",
    Entrance: "entrances",
    CloudFunction: "cloud_functions",
    Predicate: "predicates",
    Permission: "permissions",
    Handles: "handled",
    Runs: "runs",
    PasswordCheck: "password_checks",
    AddressLookup: "address_lookups",
    ErrorHandler: "error_handlers",
    Exemption: "exemptions",
    NameUse: "name_uses",
    Asker: "askers",
    Holder: "holders",
    SentHeader: "sent_headers",
    SettingsClass: "settings_classes",
    SettingsGetter: "settings_getters",
    SettingRow: "setting_rows",
    SettingsFile: "settings_files",
    SettingsFileRead: "settings_file_reads",
    Service: "services",
    Image: "images",
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
    """What reading a file came to, as MessagePack."""
    return msgspec.msgpack.encode(result)


@functools.lru_cache(maxsize=1024)
def load(data: bytes) -> Facts | Skipped:
    """What `dump` wrote; raises ValueError for anything else. A worker meets most files of an app again and again."""
    try:
        return _facts().decode(data)
    except msgspec.MsgspecError:
        pass
    try:
        return _skipped().decode(data)
    except msgspec.MsgspecError as error:
        raise ValueError("not a dump of facts") from error


@functools.cache
def _facts() -> "msgspec.msgpack.Decoder[Facts]":
    return msgspec.msgpack.Decoder(Facts)


@functools.cache
def _skipped() -> "msgspec.msgpack.Decoder[Skipped]":
    return msgspec.msgpack.Decoder(Skipped)
