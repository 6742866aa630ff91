"""The words for what an app keeps and what its functions compare: entities, queries, conditions.

See `concepts` for what symbols, references and None mean.
"""

from dataclasses import dataclass
from enum import StrEnum

from transforms.concepts import Place
from transforms.frozen import cheap_to_make


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an entity."""

    name: str
    type: str | None
    foreign_key: str | None  # "table.column"
    place: Place
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """A class that is stored: a table, a collection."""

    symbol: str
    framework: str
    table: str | None
    columns: tuple[Column, ...]
    place: Place
    bases: tuple[str, ...] = ()
    file: str = ""


class Operation(StrEnum):
    """What a query does."""

    SELECT = "select"
    GET = "get"  # by primary key
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    RAW = "raw"


@cheap_to_make
@dataclass(frozen=True, slots=True)
class Query:
    """One database query."""

    framework: str
    operation: Operation
    function: str  # symbol of the function around it ("module.<module>" at module level)
    entities: tuple[str, ...]  # references
    filters: tuple[str, ...]  # names of the columns it compares, keyword filters included
    place: Place  # of the whole query expression
    result: str | None = None  # the local name its result is bound to
    code: str = ""  # as written, at most 400 characters, string literals left out
    file: str = ""
    values: tuple[tuple[str, str], ...] = ()  # column and origins of what it is compared with or set to; see Comparison
    root: Place | None = None  # of its innermost call: `select(Order)`, `db.query(Order)`, `db.get(Order, key)`
    head: str = ""  # that call as written; "" where it is long or holds a string
    session: str = ""  # origins of the session it runs in, where that is seen
    privileged: bool = False  # only callers with a role get here: it stands below `if user.is_admin:`
    probes: bool = False  # of its result only is asked whether there is any


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row that is made without a class of the app: a document of MongoDB, an `INSERT` in SQL text."""

    function: str
    table: str  # or the name that holds the collection
    values: tuple[tuple[str, str], ...]  # field and origins of what it is set to; `**`: all that those hold
    place: Place
    file: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two things that a function compares outside of queries: `if order.owner_id != user.id`.

    Origins are the names that a value comes from, separated by spaces, local names followed to what they were assigned:
    `order.owner_id` of a parameter or a query's result; `@app.deps.tenant_of()` of something outside the function.
    """

    function: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Pair:
    """The two sides of one comparison in a condition: origins (see Comparison), code without strings, places."""

    left: str
    right: str
    left_code: str
    right_code: str
    left_place: Place
    right_place: Place
    left_blank: str = ""  # what it may be while nobody sets or sends it (see `python_blank`); "" if not known
    right_blank: str = ""
    of_texts: bool = False  # the comparison fails where a side is None: `hmac.compare_digest(sent, key)`


@cheap_to_make
@dataclass(frozen=True, slots=True)
class Condition:
    """What a function asks before it goes one way or the other: `if user.role not in allowed: raise forbidden`."""

    function: str
    asked: str  # origins (see Comparison) of everything in the test
    place: Place  # of the test
    pairs: tuple[Pair, ...] = ()
    roles: tuple[str, ...] = ()  # the literals in it that name a role ("admin"); no other literal is kept
    statuses: tuple[int, ...] = ()  # HTTP statuses with which a branch refuses
    calls: tuple[str, ...] = ()  # references of what its branches raise or call
    leaves: bool = False  # a branch ends the function
    returned: bool = False  # it is what the function answers: `return user.is_admin`
    decided: bool = False  # a literal decides it whatever is asked: `... or True`
    of_tokens: bool = False  # it asks which kind of token it has ("access", "refresh"), not whose
    file: str = ""


@cheap_to_make
@dataclass(frozen=True, slots=True)
class Step:
    """Something that lies on a way through a function: other steps, a part of a test, or calls."""

    parts: tuple[int, ...] = ()  # other steps, by number
    either: bool = False  # one of the parts lies on the way, not all
    ask: int | None = None  # what is asked, by number
    met: bool = True  # what came out; of `!=` and `not in`: of their opposites
    presence: bool = False  # it asks no more than whether a name holds anything; `met`: it does
    calls: tuple[str, ...] = ()  # the last names of what is called


@dataclass(frozen=True, slots=True)
class Ways:
    """On which ways through a function that may ask for a role, or for a setting, its caller gets on."""

    function: str
    steps: tuple[Step, ...]
    end: int  # the step that all these ways come to
    asks: tuple[Condition, ...]
    file: str = ""
    answers: bool = False  # it answers True or False, and these are the ways on which it says True


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a function sends its caller next: `redirect(url_for("admin"))`, `RedirectResponse("/admin/users")`."""

    function: str
    target: str  # a name of a handler, or a path


@cheap_to_make
@dataclass(frozen=True, slots=True)
class Passing:
    """A call in a function, with the origins of its arguments; position or keyword -> origins."""

    function: str
    callee: str  # the last name of what is called
    arguments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RowScope:
    """A class whose rows every session narrows to the caller's: `scope_entities(Order)`, `with_loader_criteria`."""

    entity: str  # reference
    column: str
    place: Place
    file: str = ""


@dataclass(frozen=True, slots=True)
class AskedByTest:
    """What a test asks of the app by a client; a part of the path that only the run knows is `{}`."""

    method: str  # "" where that is not told
    path: str  # "" where nothing of it is known; a relative one has a base that is not known
    symbol: str  # of the function that asks
    place: Place
    file: str = ""
