"""The words for secrets and for who is given them: literals, what holds them, clients of other services.

See `concepts` for what symbols, references and None mean.
"""

from dataclasses import dataclass
from enum import StrEnum

from transforms.concepts import Place


class SecretRole(StrEnum):
    """What a literal is used as: the role decides, with name and value, whether it is a secret."""

    ASSIGNED = "assigned"
    ATTRIBUTE = "attribute"
    DICT_VALUE = "dict_value"
    ARGUMENT = "argument"
    DEFAULT = "default"  # of a parameter
    ENV_DEFAULT = "env_default"  # os.getenv(NAME, "literal")
    COMPARED = "compared"
    IN_URL = "in_url"
    IN_TEXT = "in_text"  # comment, docstring, print, SQL text
    CONFIG_FILE = "config_file"


@dataclass(frozen=True, slots=True)
class SecretUse:
    """A literal that is, or looks like, a secret. Its value is nowhere in here: only what was learned from it."""

    kind: str  # id of a kind in transforms.secrets, e.g. "stripe-key", "account-password"
    name: str  # the variable, key or parameter that holds it
    role: SecretRole
    place: Place  # of the literal
    symbol: str  # the function or class around it, or the module
    confidence: str  # high | medium | low
    test_only: bool = False  # by role of the file *and* content
    placeholder: bool = False
    environment_name: str | None = None  # the variable it is the default of
    secret_name: str = ""  # what the broker entry would be called, e.g. STRIPE_API_KEY
    sink: str | None = None  # reference of the call it is passed to
    fingerprint: str = ""  # sha-256 of kind, name and shape: says that two places look alike, never the value
    movable: bool = True  # False where only a person can act (documentation, a bypass constant)
    file: str = ""
    expression: Place | None = None  # what a broker read replaces: the literal, or the lookup that falls back to it
    template: str = ""  # an f-string as written, the secret left out: {} stands where it was
    constant: Place | None = None  # the statement `NAME = <expression>`, if that is all there is on module level
    at_import: bool = False  # evaluated when the module is imported
    settings_field: bool = False  # the default of a field of a pydantic class
    dataclass_field: bool = False
    accessor: str = ""  # how a property would begin that could stand in the place of the settings field
    field_place: Place | None = None  # the statement of that field
    scheme: str = ""  # of an address, e.g. postgresql+asyncpg


@dataclass(frozen=True, slots=True)
class NameUse:
    """A place that reads a module-level name which may hold a secret: what has to follow when the secret moves."""

    reference: str  # of the name, e.g. app.config.STRIPE_API_KEY
    place: Place
    deferred: bool  # not when the module is imported
    file: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """A function of the app that asks for the secret it is told by name, and stops where there is none."""

    symbol: str
    place: Place
    file: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """A name of a module that holds what a call made when the module was imported: `client = OpenAI(...)`."""

    symbol: str
    place: Place  # of the assignment
    maker: str  # a name that nothing in the module has, for a function that makes it; "" if none was found
    file: str = ""


class KeySource(StrEnum):
    """Where the key comes from that a client signs in with."""

    NONE = "none"  # the platform's own identity, or whatever the library finds by itself
    LITERAL = "literal"  # written into the code
    FILE = "file"  # a key file beside it
    ENVIRONMENT = "environment"  # the variables that the library would read by itself
    GIVEN = "given"  # a name: a setting, or a constant with a literal
    UNKNOWN = "unknown"  # made at run time, or a parameter: it may be a customer's own


@dataclass(frozen=True, slots=True)
class Client:
    """A client of an outside service, made by a call."""

    reference: str
    symbol: str
    place: Place
    file: str = ""
    cloud: str = ""  # aws | gcp | azure | database
    key: KeySource = KeySource.NONE
    sources: tuple[str, ...] = ()  # references of the names that the key is given by
    arguments: tuple[str, ...] = ()  # keywords that carry the key and can be left out
    instead: str = ""  # the expression that signs in with the identity of the workload
    needs: tuple[tuple[str, str], ...] = ()  # what that expression imports: module, and name or ""


class Sends(StrEnum):
    """How often the value of a header is asked for, and so how a token could stand in its place."""

    EACH_TIME = "each_time"  # by the function that makes the call
    BY_AUTH = "by_auth"  # once, by a client that can be told to ask for each request
    FIXED = "fixed"  # once, for all that follows: a token would end before it


@dataclass(frozen=True, slots=True)
class SentHeader:
    """A credential from outside a function that it sends to another service in a header."""

    name: str  # in lower case
    value: str  # its origins
    symbol: str
    place: Place  # of the dict
    key_place: Place
    value_place: Place
    call: Place  # that sends it, the last of several
    hosts: tuple[str, ...]  # that it goes to; "" for one that is not written down
    sends: Sends = Sends.FIXED
    alone: bool = False  # the only header of its dict
    awaits: bool = False  # in an async function
    file: str = ""
