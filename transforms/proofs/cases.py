"""What a proof is about: routes, secrets, owned entities, audited routes. Plain data from a remedy to a renderer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RouteCase:
    """One route by its full path; `role` is the role its guard asks for."""

    method: str
    path: str
    role: str | None = None
    known: str = ""  # what a test is told to make somebody known to the app's own guard before it; "" where none can
    has: str = ""  # what that caller has besides, as keyword arguments: a later patch may ask for a role
    inside: bool = False  # its handler asks for the role by itself, in its first lines


@dataclass(frozen=True, slots=True)
class KeyedCase:
    """A route that one key in a header opened to all services.

    The key was compared with the environment's `variable`, or with the attribute `setting` of what the expression
    `holder` gives; both may be "".
    """

    route: RouteCase
    header: str  # in lower case; "" where it is not known
    variable: str = ""
    holder: str = ""
    setting: str = ""


@dataclass(frozen=True, slots=True)
class OwnerCase:
    """A comparison of an owner with the caller, in a function of the file `path`, from the app's import root."""

    path: str
    function: str  # "read_order", "Orders.get"
    owner: str  # its code: "order.user_id"
    caller: str  # "user.id"


@dataclass(frozen=True, slots=True)
class ScopeCase:
    """A tool, as a function of the file `path` from the app's import root, and the scope that it asks for."""

    path: str
    function: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class CloudCase:
    """Clients of one cloud in a function ("" for what the file does by itself) of `path`, from the app's import root.

    `maker` is the last name of the call that makes one without a key; "" where a test cannot make it.
    """

    path: str
    function: str
    cloud: str  # aws | gcp | azure
    maker: str = ""


@dataclass(frozen=True, slots=True)
class SentCase:
    """A function of `path`, from the app's import root, that sent a key in a header; `audience` "" is the settings'."""

    path: str
    function: str
    header: str  # in lower case
    audience: str = ""


@dataclass(frozen=True, slots=True)
class TokenCase:
    """A route whose token travelled in its URL, as `parameter` of `function`: "shop.security:current_user"."""

    route: RouteCase
    function: str
    parameter: str


@dataclass(frozen=True, slots=True)
class SecretCase:
    """A literal that became a secret read.

    `path` is the file it stood in, from the app's import root; `module` that file's import name (None if importing it
    is not safe in a test); `symbol` the name, attribute or keyword it was given to (None for a bare argument). `read`
    is what gives the value now, if a test can ask for it: "shop.config:stripe_key" (a function) or
    "shop.config:STRIPE_KEY" (looked up lazily).
    """

    name: str
    path: str
    module: str | None
    symbol: str | None = None
    read: str | None = None


@dataclass(frozen=True, slots=True)
class FieldCase:
    """A secret `name` that is a field of the app's own settings, "shop.config:Settings", which has no default."""

    name: str
    settings: str
    field: str


@dataclass(frozen=True, slots=True)
class TenancyCase:
    """An entity whose rows belong to a tenant or to a person (`by` "tenant" or "owner").

    `session` is the app's sync session dependency; with it, the routes that list the entity and read one row of it (one
    path parameter) are tried as well. `hook` is False if the patch scoped only the statements of these routes.
    """

    entity: str
    column: str
    by: str = "tenant"
    session: str | None = None
    list_route: RouteCase | None = None
    item_route: RouteCase | None = None
    hook: bool = True


@dataclass(frozen=True, slots=True)
class AuditCase:
    """A state-changing route and the action it records; `guarded` if anonymous callers are refused."""

    route: RouteCase
    action: str
    guarded: bool = True


ProofCase = RouteCase | SecretCase | TenancyCase | AuditCase
