"""The framework-neutral words in which frameworks say what an app does, and in which controls judge it.

Everything here is frozen data without syntax nodes, so that facts can be cached. Two rules hold for every field: a
*symbol* is where something is defined (`app.orders.router`: the module as imported from the repository's root, then the
names around it); a *reference* is a dotted name as its file's imports resolve it (`fastapi.Depends`,
`app.deps.get_user`; a local name becomes a symbol of its own module). `None` means *unknown*, and unknown never fails a
control.
"""

from dataclasses import dataclass
from enum import StrEnum

from transforms.frozen import cheap_to_make


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in its file: lines count from 1, columns (in characters) from 0; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class How(StrEnum):
    """By which mechanism a guard stands in front of a route."""

    PARAMETER = "parameter"  # a dependency in the handler's signature
    DECORATOR = "decorator"  # on the route: an own decorator, or dependencies=[...] of the route's decorator
    ROUTER = "router"
    INCLUDE = "include"
    APP = "app"
    MIDDLEWARE = "middleware"
    INLINE = "inline"  # decided in the handler's body
    VERIFIER = "verifier"  # the server asks it whether a token is good, and refuses by itself when it says no
    ANSWER = "answer"  # the handler asks it, and goes on only for whom it answers something
    GATE = "gate"  # a condition: who does not meet it gets no further, whoever does the refusing
    GATEWAY = "gateway"  # stands in front of the app, and is configured outside of its code


ALL_BUT = "!"  # in front of the name of an endpoint: see `GuardUse.only`


class Kind(StrEnum):
    """By which way somebody reaches a handler."""

    ROUTE = "route"  # an HTTP request or a websocket
    TOOL = "tool"  # an agent calls it by name
    PAGE = "page"  # a person opens it: a script, or a handler of a widget
    FUNCTION = "function"  # a cloud's event: the gateway in front of it is configured elsewhere
    TASK = "task"  # a queue of the app's own


@cheap_to_make
@dataclass(frozen=True, slots=True)
class GuardUse:
    """Something that runs before a handler and may refuse the caller."""

    target: str  # reference of the callable
    how: How
    place: Place
    scopes: tuple[str, ...] = ()
    bound_to: str | None = None  # the parameter that holds its result
    code: str = ""  # the expression as it is written, so that it can be reused
    flags: tuple[str, ...] = ()  # literal switches of the callable: "auto_error=False", "optional=True"
    file: str = ""  # in an App: the path of the file that `place` is in
    symbol: str = ""  # in an App: the name to import the callable by; `target` says what that name holds
    kinds: tuple[Kind, ...] = ()  # it stands only before what is reached in these ways; none named: before all
    predicates: tuple[str, ...] = ()  # it asks these, and one has to say yes; "~x" is the opposite of x
    asked: tuple[str, ...] = ()  # in an App: what predicates are asked about: method, action, "object" for the row, too
    only: tuple[
        str, ...
    ] = ()  # names of endpoints before which alone it stands, for fnmatch, or `!name` for all but that


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function, with what its annotation and default refer to."""

    name: str
    annotation: str | None = None  # as written, at most 200 characters
    reference: str | None = None  # the annotation's head as a reference: `Annotated[User, ...]` -> User
    default: str | None = None  # as written, at most 200 characters, string literals left out
    place: Place | None = None
    starred: bool = False  # *args or **kwargs


@dataclass(frozen=True, slots=True)
class PathRule:
    """A test of the request's path in a middleware: whom it meets is let through (`spares`) or has to sign in."""

    exact: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    negated: bool = False
    spares: bool = False

    def meets(self, path: str) -> bool | None:
        """Whether a route's path is met; None where that hangs on a parameter in it."""
        fixed, parameter, _ = path.partition("{")
        if path in self.exact or any(fixed.startswith(prefix) for prefix in self.prefixes):
            return not self.negated
        if parameter and any(each.startswith(fixed) for each in (*self.exact, *self.prefixes)):
            return None
        return self.negated


@cheap_to_make
@dataclass(frozen=True, slots=True)
class Function:
    """A function or method, and what reading its body tells."""

    symbol: str
    place: Place
    is_async: bool
    parameters: tuple[Parameter, ...] = ()
    decorators: tuple[str, ...] = ()  # references
    guards: tuple[GuardUse, ...] = ()  # its own (sub-)dependencies
    calls: tuple[str, ...] = ()  # references of what it calls, in order, each once
    raises: tuple[int, ...] = ()  # HTTP status codes it refuses with
    signals: tuple[str, ...] = ()  # what frameworks recognise in its body, see Signal
    file: str = ""
    caught: tuple[str, ...] = ()  # those of its calls whose errors it swallows
    optional: bool = False  # answers None on one path and something on another
    by_path: bool = False  # looks at the path of the request: it may let some routes through
    path_rules: tuple[PathRule, ...] = ()  # what it does by the path, where that can be read
    script: bool = False  # the top level of a file that runs for each visitor, or what a page comes to call
    credulous: bool = False  # refuses who brings no credential, and believes whatever is brought
    shown_to: tuple[str, ...] = ()  # of one that is: the last names of functions that see the request as well
    unsigned: bool = False  # on some way it hands over what a token says, whose signature nobody has looked at
    gives: tuple[str, ...] = ()  # references of what it returns, a parameter as a symbol; "?" for another expression
    constant: bool = False  # it returns words that stand in it, and does nothing else


class Says(StrEnum):
    """What a predicate answers to a request that brings no identity."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Predicate:
    """A function that lets requests pass by answering True: what it says to a stranger.

    Each answer is for a method and an action, `*` for any. Where it hands the question on, the answer is the reference
    of the class that is asked instead, `super` for the next one in line.
    """

    function: str  # symbol
    answers: tuple[tuple[str, str, str], ...]


class Said(StrEnum):
    """Where it is said which predicates are asked."""

    CLASS = "class"  # an attribute of the class that serves
    METHOD = "method"  # a method of that class gives them, for each request anew
    FUNCTION = "function"  # at the handler itself
    SETTINGS = "settings"  # for whatever says nothing itself
    AUTHENTICATION = "authentication"  # no predicates: what finds out who is calling, and may refuse strangers


@dataclass(frozen=True, slots=True)
class Permission:
    """Predicates asked before a handler: in every group one has to say yes.

    `method` and `action` narrow it to some requests. `inherited`: it is left to the class above. `groups` None: not
    readable. Several for the same request are choices made at run time.
    """

    owner: str  # symbol of a class, a function or a settings module
    said: Said
    place: Place  # of the value
    groups: tuple[tuple[str, ...], ...] | None = ()
    method: str = "*"
    action: str = "*"
    inherited: bool = False
    code: str = ""  # the value as written
    file: str = ""
    reads: tuple[str, ...] = ()  # attributes of the class that it depends on, and a class below may say anew


@dataclass(frozen=True, slots=True)
class Handles:
    """Which HTTP methods a function or class answers, and where below its class it hangs."""

    owner: str  # symbol
    methods: tuple[str, ...]
    path: str | None = None
    detail: bool | None = None  # of an action: on one row; None: it is no action
    entry: Place | None = None  # of an action: the call that makes it one


@dataclass(frozen=True, slots=True)
class Runs:
    """Which of a handler's conditions are met on the way through a part of it."""

    part: str  # symbol
    function: str  # symbol of the whole
    conditions: tuple[Place, ...]


class Signal(StrEnum):
    """What a framework may recognise in a function's body."""

    WRITES = "writes"  # changes a database, file or index
    READS_CREDENTIAL = "reads_credential"  # looks at an Authorization header, a cookie, a session, a token
    CREDENTIAL_IN_URL = "credential_in_url"  # asks the query string of the request for a token
    VERIFIES_TOKEN = "verifies_token"  # noqa: S105  decodes or checks a token
    REFUSES = "refuses"  # raises or returns 401 or 403
    REFUSES_SOME = "refuses_some"  # the same for some strangers, while others get an answer
    RECORDS = "records"  # writes an audit event
    EXTERNAL_EFFECT = "external_effect"  # pays, mails, calls a model or a caller's URL
    RUNS_GIVEN = "runs_given"  # runs text that it is given as a program: SQL, a shell command
    USES_STATE = "uses_state"  # looks at what the module keeps in memory
    CHANGES_STATE = "changes_state"  # changes what the module keeps in memory
    READS_PATH = "reads_path"  # what it does depends on the path of the request
    NEEDS_CREDENTIAL = "needs_credential"  # fails with an error when a session or token is missing, refusing nobody
    OWN_ROWS = "own_rows"  # it answers with rows of whoever is calling alone, and with others to who has a role
    NOTHING_FOR_STRANGERS = "nothing_for_strangers"  # it answers nothing, or False, when nobody is signed in
    REMEMBERS_CALLER = "remembers_caller"  # it keeps in the session who somebody is
    CALLED_PUBLIC = "called_public"  # its documentation says that no login is needed
    FILLS_TEMPLATE = "fills_template"  # the page that it shows is made of data
    ADDS_ARGUMENT = "adds_argument"  # as a decorator it hands the handler more than the request brought
    ADDS_ONE_FIRST = "adds_one_first"  # the same: exactly one thing, in front of all others


@cheap_to_make
@dataclass(frozen=True, slots=True)
class Class:
    """A class: its bases as references and the names of its methods."""

    symbol: str
    place: Place
    bases: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    file: str = ""
    statuses: tuple[int, ...] = ()  # HTTP statuses that its body names: `status_code = 401` of an exception
    fields: tuple[str, ...] = ()  # the annotated names of its body
    members: tuple[str, ...] = ()  # the plain names that its body assigns: those of an enum


@dataclass(frozen=True, slots=True)
class Instance:
    """A name of a module, or an attribute of a class, that holds what a call returned: `auth = AuthService()`."""

    symbol: str
    reference: str  # of the result: `app.auth.AuthService()`
    statuses: tuple[int, ...] = ()  # HTTP statuses in the call: `denied = HTTPException(401)`
    flags: tuple[str, ...] = ()  # literal switches in the call: "optional=True"


@dataclass(frozen=True, slots=True)
class Constant:
    """A URL path kept under a name of a module or class: `API_PREFIX = "/api/v1"`."""

    symbol: str
    value: str  # other constants in it stand as <reference>


@dataclass(frozen=True, slots=True)
class Guarded:
    """A guard that hangs on a function, class, router or app elsewhere than in the fact of that thing itself."""

    owner: str  # reference
    guard: GuardUse
    on_app: bool = False  # the owner is a router, and the guard stands before every route of the app it hangs below


@dataclass(frozen=True, slots=True)
class Exemption:
    """What a guard of many routes lets through without a look: `if request.endpoint in ("login", "static"): return`."""

    function: str
    patterns: tuple[str, ...]  # paths ("/static*") or names of handlers ("auth.login", "login"), as for fnmatch


@dataclass(frozen=True, slots=True)
class ErrorHandler:
    """What answers a request that ended in an exception of that class."""

    exception: str  # reference
    handler: str  # reference


@dataclass(frozen=True, slots=True)
class Alias:
    """A module-level name that stands for a guard: `CurrentUser = Annotated[User, Depends(get_user)]`."""

    symbol: str
    guard: GuardUse
    type: str | None = None  # reference of what a parameter of this type receives: `User`


@dataclass(frozen=True, slots=True)
class Scheme:
    """An object that reads a credential from a request: `OAuth2PasswordBearer(...)`, `APIKeyHeader(...)`."""

    symbol: str
    reference: str
    refuses: bool | None  # answers 401 or 403 by itself when the credential is missing
    place: Place
    header: str = ""  # the header it reads, in lower case; "" where that is not known


@cheap_to_make
@dataclass(frozen=True, slots=True)
class Router:
    """An app or a router: what routes hang on."""

    symbol: str
    framework: str
    is_app: bool
    place: Place  # of the call that makes it
    prefix: str | None = ""
    guards: tuple[GuardUse, ...] = ()
    file: str = ""
    takes_guards: bool = True  # its call has an argument for guards


@dataclass(frozen=True, slots=True)
class Include:
    """A router (or a mounted app) hung below another."""

    parent: str
    child: str
    place: Place
    prefix: str | None = ""
    guards: tuple[GuardUse, ...] = ()
    mounted: bool = False  # a mounted app inherits no dependency of its parent
    file: str = ""
    replaces_prefix: bool = False  # its prefix stands instead of the router's own


@cheap_to_make
@dataclass(frozen=True, slots=True)
class Route:
    """One handler under one or more methods. As a fact its path and guards are its own; an App adds the inherited.

    `path` has parameters as `{name}` in every framework. What is no HTTP request (see Kind) has the name by which it is
    called as path, and one method that says how: `TOOL`, `LIST_TOOLS`, `RESOURCE`, `PROMPT`, `PAGE`, `EVENT`, `TASK`.
    """

    framework: str
    methods: tuple[str, ...]  # as a fact of a class that serves: those it is limited to, if any
    path: str | None
    handler: str  # symbol; as a fact perhaps of a class: an App has one route for each method that the class answers
    router: str  # reference of the app or router it hangs on
    place: Place  # of the handler's def, from `def` to its last line
    entry: Place  # of the decorator's call (or the registering call)
    guards: tuple[GuardUse, ...] = ()
    file: str = ""  # the path of the handler's file
    registered_in: str = ""  # the path of the file of `entry`, where that is another one
    own_path: str | None = None  # in an App: the path without the prefixes of routers
    takes_guards: bool = True  # the registering call has an argument for guards
    app: str = ""  # in an App: the symbol of the app that serves it, if there is one
    called_public: bool = False  # its documentation, or a comment above it, says that no login is needed
    kind: Kind = Kind.ROUTE
    part: str = ""  # the symbol of that part of the handler which serves it, where one handler serves several
    page: str = ""  # the handler of the page that this is a part of: who opens that can call this
    by_library: bool = False  # the handler's code is a library's: nothing of the app's own is in it
    shows: str = ""  # what a library's view shows to everybody alike: "a page without data"
    library_writes: bool = False  # a library's code changes data for it
    hooks: tuple[str, ...] = ()  # functions of the app's own that a library's code calls for it, by symbol
    signs_in: bool = False  # it is known to be how people sign in
    endpoint: str = ""  # the name it is registered by, where that is not the handler's
    shown: str = ""  # symbol by which people know the handler, where it is inherited: `OrderViewSet.list`

    def __hash__(self) -> int:
        """Of what tells routes apart: a key of many tables, and what its guards hold would be hashed for each look."""
        return hash((self.handler, self.path, self.methods, self.file))

    @property
    def does(self) -> str:
        """The symbol of what runs for it."""
        return self.part or self.handler

    @property
    def name(self) -> str:
        """How people call it: `DELETE /orders/{order_id}`; with an unknown prefix `DELETE …/{order_id}`."""
        path = self.path if self.path is not None else f"…{self.own_path or '/?'}"
        return f"{','.join(self.methods)} {path}"

    @property
    def may_write(self) -> bool:
        """Whether one of its methods is meant to change state."""
        return not {"GET", "HEAD", "OPTIONS", "PAGE"}.issuperset(self.methods)


class ToolReach(StrEnum):
    """From where a tool can be called."""

    NETWORK = "network"  # whoever reaches the server
    LOCAL = "local"  # the program that started the server
    ROUTE = "route"  # a route of the app hands calls on
    AGENT = "agent"  # an agent inside the app
    UNSEEN = "unseen"  # how the server is served is not in the code


@dataclass(frozen=True, slots=True)
class CloudFunction:
    """A function that a cloud runs, as a template of the deployment declares it."""

    name: str  # in the template
    handler: str  # in dots from the template's folder, or from a folder of code: `src.orders.handler`
    place: Place
    file: str = ""


@dataclass(frozen=True, slots=True)
class Entrance:
    """How a cloud lets requests in to a function: declared outside of its code, in a template of the deployment."""

    function: str  # its name in the templates of the same folder
    method: str  # POST, ANY; EVENT where no request leads to it: a queue, a schedule
    path: str | None
    guards: tuple[GuardUse, ...]
    place: Place
    file: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """How an app keeps a signed-in person: cookie flags, lifetimes."""

    symbol: str
    framework: str
    place: Place
    options: tuple[tuple[str, str], ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A configuration value with a bearing on security (debug, CORS origins, token lifetime)."""

    name: str
    value: str | None  # as written, never a secret
    place: Place
    symbol: str
    file: str = ""


UNREAD_LIST = ".<list>"  # how a Route's handler ends that is a list of URLs of a library, which nobody can read
ALWAYS_SET = "always_set"  # a Setting: the symbols of a file's settings that are never empty, separated by spaces
UNSET = "unset"  # a Setting: what a file's settings are while nobody has set them, `symbol=value` each
NOTHING, BLANK_TEXT = "None", "''"  # what a value may be that is not there
SIGNAL_SENDER = "signal_sender"  # a Setting: of whose rows, or of what else, a function is told by a signal


@dataclass(frozen=True, slots=True)
class AuditSink:
    """A function or logger of the app that records who did what."""

    symbol: str
    place: Place
    file: str = ""


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """A function that lets somebody go on by a password, and what in it a copy would say otherwise.

    The copy is told the address of somebody whom another has signed in: it asks for no password, and refuses whoever
    has no account. Places are those of the function itself.
    """

    function: str  # symbol
    verifies: str  # reference of what compares the password
    place: Place  # of the function's def
    account: str  # the name that holds who was found
    found_by: tuple[str, ...]  # columns and keys that are compared, or `find#0()`: what finds, and where it is told
    by_address: bool  # by nothing but columns and keys for addresses
    identity: str  # as what the caller is known, as written: `data.email`
    identities: tuple[Place, ...]  # where that stands
    refusals: tuple[tuple[Place, str], ...]  # statements that refuse, and the condition that is left: `not user`
    left_out: tuple[Place, ...]  # statements about the password alone
    instead: tuple[tuple[Place, str], ...] = ()  # what the page's address or a box to tick would say, and its default
    hoisted: tuple[tuple[Place, str], ...] = ()  # conditions that always hold, and when it refuses before that
    given: tuple[str, ...] = ()  # parameters that bring nothing but address and password
    asks_more: str = ""  # what else it asks of the caller, as written
    parameters: tuple[tuple[str, str], ...] = ()  # name, and all of it as written
    returns: str = ""
    decorators: tuple[str, ...] = ()  # as written, without their `@`
    is_async: bool = False
    through: Place | None = None  # where another function is called that finds the account and compares the password
    call: tuple[str, ...] = ()  # that call: what is called, and its arguments but for the password


@dataclass(frozen=True, slots=True)
class AddressLookup:
    """A function that finds an account by the address that it is handed."""

    function: str  # symbol
    parameter: str
