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


ASKED = "\0"  # in the code of an expression: where the question for a secret stands


class Unsaid(StrEnum):
    """What can stand in the place of a secret in a text that nothing runs."""

    NAME = "name"  # its name, in a message or a remark
    QUESTION = "question"  # in code that was commented out: what would ask for it


@dataclass(frozen=True, slots=True)
class DefaultOf:
    """The parameter that a secret is the default of, and what lets its function ask instead."""

    name: str
    parameter: Place
    function: Place
    annotation: Place | None = None  # where it has to allow for None
    widened: str = ""  # how it does: "str | None"
    inside: bool = False  # the default is an argument of a call there: `Form("...")`


@dataclass(frozen=True, slots=True)
class ParsedOption:
    """An option of a command line that a secret is the default of: what was parsed, and where."""

    attribute: str  # "args.password"
    parsed: Place  # of the statement


@dataclass(frozen=True, slots=True)
class SetWith:
    """The entries by which one statement sets several variables: `os.environ.update({...})`."""

    place: Place  # of the dict, or of the call that has them as its arguments
    names: tuple[str, ...]  # of all variables; "" for what is none


@dataclass(frozen=True, slots=True)
class SettingsReader:
    """How the file of a secret asks its own reader of settings, which knows the environment and a `.env` file."""

    code: str  # "config(...)", with ASKED for the quoted name
    cast: str = ""  # what it makes of the text, so that others who are asked must do it, too
    asks: str = ""  # reference of the reader, where another file says whether it is one


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
    entry: Place | None = None  # in a file that is not Python: all of the line that gives it, if that can go
    keys: tuple[str, ...] = ()  # those that lead to that entry
    entry_left: str = ""  # what stands there once it is gone, where a comment would not do
    around: str = ""  # the code that stands where `expression` is, with ASKED for the question
    default_of: DefaultOf | None = None
    option: ParsedOption | None = None
    unsaid: Unsaid | None = None
    sets: Place | None = None  # the statement that sets the variable of its name to it, and can go
    set_with: SetWith | None = None  # what else that statement sets
    alike: tuple[str, ...] = ()  # the kinds of which it has the shape, where nothing says which of them it is
    reader: SettingsReader | None = None


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
    early: bool = False  # its own module calls it when it is imported


@dataclass(frozen=True, slots=True)
class Holder:
    """A name of a module that holds what a call made when the module was imported: `client = OpenAI(...)`."""

    symbol: str
    place: Place  # of the assignment
    maker: str  # a name that nothing in the module has, for a function that gives it; "" if none was found
    file: str = ""
    inner: str = ""  # another such name, for the function that makes it anew for each value of its secrets


@dataclass(frozen=True, slots=True)
class SettingsClass:
    """A class that an app's settings are read into from the environment: what one more field would look like."""

    symbol: str
    last_field: Place  # the statement of its last field
    end: Place  # the last statement of its body
    fields: tuple[str, ...]  # all that its body defines, methods included
    required: tuple[str, ...]  # the fields without a default
    texts: tuple[str, ...]  # those of the required ones that are a `str`
    hidden: tuple[str, ...]  # those of the required ones that are a `SecretStr`
    prefix: str | None = ""  # of the variables; None where that, or where else values come from, cannot be read
    by_exact_name: bool = False  # a variable is written just like its field
    default: str = ""  # what gives a required field its variable's name: `Field(alias="{name}")`
    file: str = ""


@dataclass(frozen=True, slots=True)
class SettingsGetter:
    """A function of a module that needs nothing and gives back settings which it makes: `return Settings()`."""

    symbol: str
    reference: str  # of the class
    file: str = ""


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A name of a module, or of a function, that holds what was loaded from a file: `config = tomllib.load(f)`."""

    symbol: str
    name: str  # of the file, without folders; "" where it may be one of several
    place: Place
    file: str = ""
    inside: bool = False  # a name of a function, which nothing outside can see


@dataclass(frozen=True, slots=True)
class SettingsFileRead:
    """A use of such a name: `config["stripe"]["key"]`; without keys where it is no plain lookup."""

    symbol: str
    keys: tuple[str, ...]
    place: Place
    deferred: bool  # not when the module is imported
    file: str = ""


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A statement that loads one setting under its own name, and stops where there is none: `X = os.environ["X"]`."""

    owner: str  # symbol of the module, of the class, or of the app whose `config` it fills
    name: str
    asks: str  # reference of what is asked: os.environ, decouple.config, a function of the app
    code: str  # the statement with {name} for its name
    place: Place
    in_config: bool = False  # it fills the `config` of an app
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
    BY_SESSION = "by_session"  # the same by one that is told after it was made
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
