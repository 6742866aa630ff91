"""The edits a patch is made of, and the verbs by which a control asks for them.

An edit is data: it names a place in a file and what shall stand there. `transforms.rewrite` applies edits with libcst;
the verbs look up the framework that wrote the code and let it say the edits in its own terms. A verb returns None when
no safe edit is known: the finding then stands without a patch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from transforms.brokers import broker
from transforms.containers import copied_along, filled_otherwise, handed_on, is_side_program
from transforms.edit_kinds import AddFile, AddLines, AddRequirement, Edit, ReplaceExpression, SetUpTests
from transforms.frameworks import verb
from transforms.inserted import BACKEND_REQUIREMENTS, EnvVar, is_there, source
from transforms.inserted_names import full_names, name_of
from transforms.placement import (
    controls_home,
    env_example,
    folder_of_tests,
    gitignore,
    requirements_files,
    stands_alone,
    tests_folder,
)
from transforms.reuse import Guard, RoleGuard, Sparing
from transforms.secrets.stubs import stub
from transforms.tested import Callers, callers_of

if TYPE_CHECKING:
    from transforms.accounts import PasswordLogin
    from transforms.app import App
    from transforms.concepts import Function, Route, Router
    from transforms.concepts_secrets import Client, SecretUse, SentHeader
    from transforms.frameworks.secret_moves import SecretRead
    from transforms.outgoing import Exchange
    from transforms.owner_checks import OwnerCheck
    from transforms.setting_moves import SettingMove
    from transforms.shared_secrets import SharedKey
    from transforms.tenancy import Judgement, Tenancy

CONTROLS_DOCSTRING = '"""The controls that this app relies on: plain modules, yours to read and to change."""\n'

CLIENT_SECRET = EnvVar("WORKLOAD_CLIENT_SECRET", "secret of that client, asked of the broker", "")


@dataclass(frozen=True, slots=True)
class Proof:
    """A test file that shows a patch: rendered by `transforms.proofs` from typed cases.

    A control whose findings share one file says it once, in `@control.proof`, and not in each patch.
    """

    path: str
    content: str
    lacks: tuple[str, ...] = ()  # what a reader has to try, as no test can show it


class Applicability(StrEnum):
    """How much a reviewer has to think."""

    SAFE = "safe"
    REVIEW = "review"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Handover:
    """A secret that leaves the code: what a person needs to put it where the app asks, and to revoke the old one."""

    name: str
    title: str  # of its kind
    broker: str  # title of the place where it belongs
    kept_at: str
    setup: tuple[str, ...]  # what the app needs where it runs, once
    commands: tuple[str, ...]  # with `<value>` where a person fills one in
    paths: tuple[str, ...]  # the files that it stood in
    rotate_url: str | None
    revoke: str
    placeholder: bool  # nobody's secret: a new value is to be invented
    stub: str  # a harmless value that tests can start the app with
    listed: str  # its name in the inventory: the app's own settings may put a prefix before it


@dataclass(frozen=True, slots=True)
class Patch:
    """What a remedy asks for: one or more findings may ask for the same patch (a guard on their common router)."""

    title: str  # one line, imperative: "Require a signed-in user on orders.router"
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.REVIEW
    todo: tuple[str, ...] = ()  # what the reader must do: provision, rotate, set the issuer
    proof: Proof | None = None
    handover: tuple[Handover, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


def add_inserted_module(app: "App", name: str, framework: str | None, near: str) -> tuple[Edit, ...]:
    """Everything that `<controls>.<name>` needs in the app around the file `near`; nothing of what is there already.

    Raises LookupError when there is no such module for the framework.
    """
    module = source(name, framework, full_names(app, near))
    home = controls_home(app, near)
    package = f"{home.folder}/__init__.py"
    edits: list[Edit] = []
    if package not in app.paths:
        edits.append(AddFile(package, CONTROLS_DOCSTRING))
    edits.append(AddFile(inserted_path(app, name, near, framework), module.text))
    edits += copied_along(app, near, home.folder)
    for requirement in module.requirements:
        edits += require_package(app, requirement.name, requirement.range, near)
    if module.env:
        edits.append(AddLines(env_example(app, near), tuple(map(_env_line, module.env))))
        edits.append(AddLines(gitignore(app, near), (".env",)))
    return tuple(edits)


def runs_alone(app: "App", path: str) -> bool:
    """Whether a file is a script that cannot import what a patch adds to the app."""
    return stands_alone(app, path)


def runs_by_hand(app: "App", path: str) -> bool:
    """Whether a file is a program beside the app, whose secrets nothing else has to have."""
    return is_side_program(app, path)


def inserted_import(app: "App", name: str, near: str, framework: str | None = None) -> str:
    """The module to import an inserted module of a framework from: `app.controls.auth`."""
    return f"{controls_home(app, near).import_name}.{name_of(app, name, framework, near)}"


def inserted_path(app: "App", name: str, near: str, framework: str | None = None) -> str:
    """The path of an inserted module: `backend/app/controls/auth.py`."""
    return f"{controls_home(app, near).folder}/{name_of(app, name, framework, near)}.py"


def require_package(app: "App", name: str, version_range: str, near: str) -> tuple[Edit, ...]:
    """Name a package in the requirements of the app around `near`; nothing for an app that keeps no requirements."""
    files = requirements_files(app, near)
    return (AddRequirement(files[0], name, version_range, files[1:]),) if files else ()


def add_env_example(app: "App", near: str, *variables: EnvVar) -> tuple[Edit, ...]:
    """Name environment variables in the app's example settings, without values."""
    return (AddLines(env_example(app, near), tuple(map(_env_line, variables))),)


def hand_on(app: "App", paths: Iterable[str], name: str) -> tuple[Edit, ...]:
    """Let what runs these files be given an environment variable: by compose, which asks for it in its example."""
    given = handed_on(app, paths, name)
    files = dict.fromkeys(each.path for each in given)
    variable = EnvVar(name, "secret; never write its value here", None)
    return (*given, *(edit for path in files for edit in add_env_example(app, path, variable)))


def hand_on_broker(app: "App", paths: Iterable[str]) -> tuple[Edit, ...]:
    """Let what runs these files be given what it needs to ask the broker: the same for every secret."""
    wanted = tuple(paths)
    given = broker(app.placement.broker).handed()
    return tuple(edit for name, value in given for edit in handed_on(app, wanted, name, value))


def services_to_fill(app: "App", paths: Iterable[str], name: str) -> tuple[str, ...]:
    """The services that run these files, and that a person has to give a variable."""
    return filled_otherwise(app, paths, name)


def proof_path(app: "App", near: str, family: str) -> str:
    """Where the test that proves a family's patches goes: a name that is free."""
    stem = f"{tests_folder(app, near)}/test_controls_{family.replace('-', '_')}"
    names = (f"{stem}{ending}.py" for ending in ("", *(f"_{number}" for number in range(2, 100))))
    return next(name for name in names if name not in app.paths)


def tests_of(app: "App", near: str) -> tuple[str, ...]:
    """The test files of the app around `near`: those that ask a route as nobody will need a caller."""
    folder = tests_folder(app, near)
    found = (path for path in sorted(app.paths) if path.startswith(f"{folder}/") and path.endswith(".py"))
    return tuple(
        path for path in found if path.rpartition("/")[2].startswith("test_") and "/test_controls_" not in path
    )


def tests_that_call(app: "App", routes: "Iterable[Route]", near: str) -> Callers:
    """Which tests of the app around `near` call one of the routes."""
    return callers_of(app, routes, tests_of(app, near))


def guard_for(app: "App", route: "Route") -> Guard | None:
    """The guard that a patch puts in front of a route: the app's own, the organisation's, else the inserted one.

    None where the app has a way to sign in that cannot stand there: a second way beside it would be worse.
    """
    own: Guard | None = verb(route.framework, "own_guard")(app, route)
    if own is not None or verb(route.framework, "has_own_guard")(app, route):
        return own
    if (binding := app.placement.bindings.get("guard")) is not None:
        return Guard(binding.module, binding.name, own=True)
    return Guard(inserted_import(app, "auth", route.file, route.framework), "require_user", own=False)


def asked_by(app: "App", guard: Guard) -> str:
    """What a guard wants of whoever calls, in the words of a title: a user, a role, or a key that all share."""
    from transforms.shared_secrets import shared_secret

    if not guard.own:
        return "a signed-in user"
    if (secret := shared_secret(app, guard.symbol)) is not None and secret.names_nobody:
        return f"the key that {guard.name} asks for"
    return f"the role that {guard.name} asks for" if app.roles.callable(guard.symbol).is_there else "a signed-in user"


def guard_route(app: "App", route: "Route", guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """Put a guard in front of a route, in the widest place where it stands before no other route that `spare` keeps."""
    edits: tuple[Edit, ...] | None = verb(route.framework, "guard_route")(app, route, guard, spare)
    if not edits or guard.own or not is_there("auth", route.framework):
        return edits
    return (*edits, *add_inserted_module(app, "auth", route.framework, edits[0].path), *sign_in_in_tests(app, route))


def sign_in_in_tests(app: "App", route: "Route", kind: str = "human") -> tuple[Edit, ...]:
    """Let the app's own tests speak for somebody who is signed in, where they ask it by a client that is known."""
    from transforms.proofs import CLIENTS, signed_in_fixture

    clients = CLIENTS.get(route.framework)
    folder = folder_of_tests(app, route.file, clients) if clients is not None else None
    if folder is None:
        return ()
    module = inserted_import(app, "auth", route.file, route.framework)
    path = f"{folder}/conftest.py" if folder else "conftest.py"
    return (SetUpTests(path, fixture=signed_in_fixture(module, route.framework, kind)),)


def require_scope(app: "App", tool: "Route", scope: str) -> tuple[Edit, ...] | None:
    """Let a tool ask for a scope of its caller's token; None where its server does not hand tokens to such a check."""
    module: str | None = verb(tool.framework, "scope_asked_by")(app, tool)
    if module is None:
        return None
    edits: tuple[Edit, ...] | None = verb(tool.framework, "require_scope")(app, tool, scope, module)
    return edits


def guarded_together(app: "App", route: "Route", guard: Guard, spare: Sparing) -> "Router | None":
    """The router or app that `guard_route` guards as a whole for this route; None when it guards the route alone."""
    found: Router | None = verb(route.framework, "guarded_together")(app, route, guard, spare)
    return found


def role_guard_for(app: "App", route: "Route") -> RoleGuard | None:
    """The check of a role that a patch puts in front of a route: the app's own, one like it, or the inserted one.

    Roles live in the data: an app whose users have a column for it, or that signs people in by itself, gets no check
    of claims that its tokens do not carry. None where no check is known that would let the right people pass.
    """
    own: RoleGuard | None = verb(route.framework, "own_role_guard")(app, route)
    if own is not None:
        return own
    made: RoleGuard | None = verb(route.framework, "role_guard_like_own")(app, route)
    if made is not None:
        return made
    guard = guard_for(app, route)
    inserted = inserted_import(app, "auth", route.file, route.framework)
    comes_with_patch = guard is not None and guard.module == inserted
    if not comes_with_patch or app.roles.are_kept or not is_there("auth", route.framework):
        return None
    return RoleGuard('require_role("admin")', (("require_role", f"{inserted}.require_role"),), own=False, role="admin")


def require_role(app: "App", route: "Route", guard: RoleGuard) -> tuple[Edit, ...] | None:
    """Let only callers with a role get to a route: on its router where all its routes are alike, else on the route."""
    edits: tuple[Edit, ...] | None = verb(route.framework, "require_role")(app, route, guard)
    if not edits:
        return None
    added = () if guard.own else add_inserted_module(app, "auth", route.framework, edits[0].path)
    return (*guard.makes, *edits, *added)


def require_workload(app: "App", key: "SharedKey") -> tuple[Edit, ...] | None:
    """A token of the calling program in the place of one key for all; None where a use of it is not that simple."""
    frameworks = {route.framework for route in key.routes}
    if len(frameworks) != 1 or not is_there("auth", framework := frameworks.pop()):
        return None
    homes = {inserted_import(app, "auth", use.file, framework) for use in key.uses}
    if len(homes) != 1:
        return None
    guard = Guard(homes.pop(), "require_workload", own=False)
    edits: tuple[Edit, ...] | None = verb(framework, "replace_guards")(app, key.uses, guard)
    if not edits:
        return None
    module = add_inserted_module(app, "auth", framework, edits[0].path)
    return (*edits, *module, *sign_in_in_tests(app, key.routes[0], "workload"))


def send_as_workload(app: "App", sent: "SentHeader", audience: str) -> tuple[Edit, ...] | None:
    """A token of this program in the place of the header that a call sends; None where it would end before it is sent.

    `audience` is that of the service that is called; "" where the app's settings are to say it.
    """
    module = inserted_import(app, "workload", sent.file)
    edits: tuple[Edit, ...] | None = verb("service_calls", "send_as_workload")(app, sent, audience, module)
    if not edits:
        return None
    parts = [part for name in ("secrets", "workload") for part in add_inserted_module(app, name, None, sent.file)]
    for each in BACKEND_REQUIREMENTS.get(app.placement.broker, ()):
        parts += require_package(app, each.name, each.range, sent.file)
    return (*edits, *parts, *add_env_example(app, sent.file, CLIENT_SECRET))


def exchange_tokens(app: "App", exchange: "Exchange") -> tuple[Edit, ...] | None:
    """Guards that ask for a token and calls that send one; None unless both sides can change as a whole."""
    if not exchange.can_change:
        return None
    found = [require_workload(app, key) for key in exchange.keys]
    found += [send_as_workload(app, each, "") for each in exchange.senders]
    return tuple(dict.fromkeys(edit for edits in found for edit in edits or ())) if all(found) else None


def sign_in_at_provider(app: "App", login: "PasswordLogin") -> tuple[Edit, ...] | str:
    """A sign-in at an identity provider beside a login by password, or why no safe edit is known."""
    from transforms.signing_in import Unread, course_of, told_by_address, with_inner

    route = login.login
    if not is_there("sign_in", route.framework):
        return f"no way to sign in beside {route.name} is known for {route.framework}"
    course = course_of(app, login)
    if isinstance(course, Unread):
        return course.reason
    module, check = inserted_import(app, "sign_in", route.file, route.framework), told_by_address(course)
    edits: tuple[Edit, ...] | str | None = verb(route.framework, "sign_in_at_provider")(app, route, check, module)
    if edits is None or isinstance(edits, str):
        return edits or f"no place beside {route.name} is known for {route.framework}"
    secrets = add_inserted_module(app, "secrets", route.framework, route.file)
    return (
        *with_inner(app, course, edits),
        *secrets,
        *add_inserted_module(app, "sign_in", route.framework, route.file),
    )


def compare_with_caller(app: "App", check: "OwnerCheck") -> tuple[Edit, ...] | None:
    """Put what the caller is in the place of the side that says nothing; None where that is not one clear thing."""
    from transforms.owner_checks import right_side

    found = right_side(app, check)
    return (ReplaceExpression(check.condition.file, *found),) if found is not None else None


def setup_steps(app: "App", route: "Route") -> tuple[str, ...] | None:
    """What has to be set up before the sign-in that a patch adds works; None where the framework has no own way."""
    steps: tuple[str, ...] | None = verb(route.framework, "setup_steps")(app, route)
    return steps


def reuse_steps(app: "App", route: "Route", guard: "Guard") -> tuple[str, ...]:
    """What a guard that the app has already needs before it leads strangers where they can sign in."""
    steps: tuple[str, ...] | None = verb(route.framework, "reuse_steps")(app, route, guard)
    unset = setting_needed(app, guard)
    first = (f"Set {unset} where the app runs: {guard.name} lets everybody in while it is not set.",) if unset else ()
    return (*first, *(steps or ()))


def setting_needed(app: "App", guard: "Guard") -> str:
    """The setting without which a guard of the app lets everybody in; "" where there is none."""
    from transforms.unset_keys import unset_key

    found = unset_key(app, guard.symbol)
    return found.name if found is not None else ""


def advice(app: "App", route: "Route") -> str | None:
    """What a person has to do where no safe edit closes a route, as its framework says it."""
    said: str | None = verb(route.framework, "advice")(app, route)
    return said


def credentials_in_url(app: "App", route: "Route", function: "Function") -> tuple[str, ...]:
    """The parameters of a function in front of or behind a route that its framework takes from the query string."""
    found: tuple[str, ...] | None = verb(route.framework, "url_parameters")(app, route, function)
    return found or ()


def read_from_header(app: "App", route: "Route", function: "Function", parameter: str) -> tuple[Edit, ...] | None:
    """Let a function take a credential from a header, by what the app has for it already."""
    edits: tuple[Edit, ...] | None = verb(route.framework, "read_from_header")(app, route, function, parameter)
    return edits


def read_secret(app: "App", use: "SecretUse", name: str = "") -> "SecretRead | None":
    """Let the app ask for a secret in the place of its literal; None where no safe edit is known."""
    asked: SecretRead | None = verb("secret_literals", "read_secret")(app, use, name)
    return asked


def listed_name(app: "App", use: "SecretUse") -> str:
    """What the inventory calls a secret."""
    return str(verb("secret_literals", "name_of")(app, use))


def stub_of(use: "SecretUse") -> str:
    """A harmless value that an app can be started with in the place of a secret."""
    return stub(use.kind, use.scheme, use.template)


def stub_in_tests(app: "App", use: "SecretUse", name: str) -> tuple[Edit, ...]:
    """Let the app's tests, and the proofs beside them, set a stub for a secret before they import anything of the app.

    The values are words (`transforms.secrets.stubs`); what the environment has already is left alone.
    """
    variables = ((name, stub_of(use)),)
    proofs, own = tests_folder(app, use.file), folder_of_tests(app, use.file, ())
    folders = dict.fromkeys([proofs] if own is None else [own, proofs])
    if own is not None and (not own or proofs.startswith(f"{own}/")):
        folders = dict.fromkeys([own])  # its set-up is read first, and holds in the folders below
    return tuple(SetUpTests(f"{folder}/conftest.py".removeprefix("/"), variables) for folder in folders)


def move_setting(app: "App", use: "SecretUse") -> "SettingMove | None":
    """Take a secret out of a file that is not Python; None where no safe edit is known."""
    from transforms.setting_moves import move

    return move(app, use)


def leave_unsaid(app: "App", use: "SecretUse") -> "tuple[str, tuple[Edit, ...]] | None":
    """The name of a secret in the place of its value, in a text that nothing runs; None where a program reads it."""
    from transforms.unsaid import unsaid

    return unsaid(app, use)


def sign_in_as_workload(app: "App", client: "Client", database: str) -> tuple[Edit, ...] | None:
    """Let a client sign in with the identity of what runs it instead of a key; None where no safe edit is known.

    `database` says who gives out credentials of databases: a broker's id.
    """
    edits: tuple[Edit, ...] | None = verb("cloud_clients", "sign_in_as_workload")(app, client, database)
    return edits


def scope_query(app: "App", tenancy: "Tenancy", judgement: "Judgement") -> tuple[Edit, ...] | None:
    """A filter in one query by what its handler knows of the caller."""
    from transforms.scoping import explicit_filter

    found = explicit_filter(app, tenancy, judgement)
    if found is None:
        return None
    scope = verb(judgement.query.framework, "scope_query")
    edits: tuple[Edit, ...] | None = scope(app, judgement.query, found.entity, found.column, found.value)
    return (*found.edits, *edits) if edits else None


def scope_sessions(app: "App", tenancy: "Tenancy", judgement: "Judgement") -> tuple[Edit, ...] | None:
    """A hook that narrows the judged class, and all like it, in every session of the app."""
    from transforms.scoping import hook_edits, session_hook

    hook = session_hook(app, tenancy, judgement)
    return hook_edits(app, hook) if hook is not None else None


def record_event(app: "App", route: "Route", action: str, resource: str | None) -> tuple[Edit, ...] | None:
    """One audit line for each request to a route: `Depends(audited("order.delete", resource="order"))`."""
    recorder = Guard(inserted_import(app, "audit", route.file), "audited", own=False)
    call = f'("{action}", resource="{resource}")' if resource else f'("{action}")'
    edits: tuple[Edit, ...] | None = verb(route.framework, "record_event")(app, route, call, recorder)
    return (*edits, *add_inserted_module(app, "audit", route.framework, route.file)) if edits else None


def _env_line(variable: EnvVar) -> str:
    """A variable that must be set stands ready to be filled in; one with a default stays a comment."""
    comment = "" if variable.default is None else "# "
    return f"# {variable.meaning}\n{comment}{variable.name}="
