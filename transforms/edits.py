"""The edits a patch is made of, and the verbs by which a control asks for them.

An edit is data: it names a place in a file and what shall stand there. `transforms.rewrite` applies edits with libcst;
the verbs look up the framework that wrote the code and let it say the edits in its own terms. A verb returns None when
no safe edit is known: the finding then stands without a patch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from transforms.concepts import Place
from transforms.frameworks import verb
from transforms.inserted import EnvVar, is_there, source
from transforms.placement import controls_home, env_example, gitignore, requirements_files, tests_folder
from transforms.reuse import Guard, Sparing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.app import App
    from transforms.concepts import Query, Route, Router, SecretUse
    from transforms.frameworks.secret_moves import SecretRead
    from transforms.tenancy import Judgement, Tenancy

CONTROLS_DOCSTRING = '"""The controls that this app relies on: plain modules, yours to read and to change."""\n'


@dataclass(frozen=True, slots=True)
class ImportOf:
    """`from module import name` (or `import module` when `name` is None), needed by an edit."""

    module: str
    name: str | None = None


class Position(StrEnum):
    """Where new statements go, relative to a place."""

    BEFORE = "before"  # before the statement at the place
    AFTER = "after"  # after the statement at the place
    BODY_START = "body_start"  # first in the body of the function at the place, after its docstring


@dataclass(frozen=True, slots=True)
class ReplaceExpression:
    """Put `code` where the expression at `place` stands."""

    path: str
    place: Place
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddListArgument:
    """Let the call at `place` have `keyword=[..., item]`: a new keyword argument, or one more element of its list."""

    path: str
    place: Place  # of the call
    keyword: str
    item: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddKeywordArgument:
    """Let the call at `place` have `keyword=code`."""

    path: str
    place: Place
    keyword: str
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddParameter:
    """Give the function whose `def` is at `place` one more parameter, before `**kwargs`."""

    path: str
    place: Place
    code: str  # "principal: Principal = Depends(require_user)"
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class InsertStatements:
    """Insert statements (dedented source text) relative to the statement or function at `place`."""

    path: str
    place: Place
    position: Position
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoveStatement:
    """Take out the assignment at `place`, which stands on lines of its own at the top level of its module."""

    path: str
    place: Place
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddDecorator:
    """Put a decorator directly above the function whose `def` is at `place`, below those that are there."""

    path: str
    place: Place
    code: str  # "@login_required"
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddBase:
    """Let the class at `place` inherit from `code` first."""

    path: str
    place: Place
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddClassAttribute:
    """Let the class at `place` have the attribute `name = code`: first in its body, after its docstring."""

    path: str
    place: Place
    name: str
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddDictEntry:
    """Let the dict at `place` have the entry `"key": code`, as its last."""

    path: str
    place: Place
    key: str
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddFile:
    """A new file. A file that is there with the same content is left alone; with another content the edit fails.

    A module that an earlier patch inserted is brought up to date while it is unedited, and left alone once edited.
    """

    path: str
    content: str


@dataclass(frozen=True, slots=True)
class AddLines:
    """Add lines to a text file (.env.example, .gitignore), each only if it is missing; the file is made if need be.

    A line may bring comment lines of its own in front (`"# URL of the issuer\\nOIDC_ISSUER="`): the last one decides.
    """

    path: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddRequirement:
    """Let the requirements file at `path` (requirements*.txt, pyproject.toml, setup.cfg, Pipfile) name a package."""

    path: str
    name: str  # "PyJWT[crypto]"
    version_range: str  # ">=2.10,<3"
    otherwise: tuple[str, ...] = ()  # further files, tried in order when `path` is none that can name it


Edit = (
    ReplaceExpression
    | AddListArgument
    | AddKeywordArgument
    | AddParameter
    | InsertStatements
    | RemoveStatement
    | AddDecorator
    | AddBase
    | AddClassAttribute
    | AddDictEntry
    | AddFile
    | AddLines
    | AddRequirement
)


@dataclass(frozen=True, slots=True)
class Proof:
    """A test file that shows a patch: rendered by `transforms.proofs` from typed cases.

    A control whose findings share one file says it once, in `@control.proof`, and not in each patch.
    """

    path: str
    content: str


class Applicability(StrEnum):
    """How much a reviewer has to think."""

    SAFE = "safe"
    REVIEW = "review"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Patch:
    """What a remedy asks for: one or more findings may ask for the same patch (a guard on their common router)."""

    title: str  # one line, imperative: "Require a signed-in user on orders.router"
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.REVIEW
    todo: tuple[str, ...] = ()  # what the reader must do: provision, rotate, set the issuer
    proof: Proof | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def add_inserted_module(app: "App", name: str, framework: str | None, near: str) -> tuple[Edit, ...]:
    """Everything that `<controls>.<name>` needs in the app around the file `near`; nothing of what is there already.

    Raises LookupError when there is no such module for the framework.
    """
    module = source(name, framework)
    home = controls_home(app, near)
    package = f"{home.folder}/__init__.py"
    edits: list[Edit] = []
    if package not in app.paths:
        edits.append(AddFile(package, CONTROLS_DOCSTRING))
    edits.append(AddFile(f"{home.folder}/{module.path_name}", module.text))
    for requirement in module.requirements:
        edits += require_package(app, requirement.name, requirement.range, near)
    if module.env:
        edits.append(AddLines(env_example(app, near), tuple(map(_env_line, module.env))))
        edits.append(AddLines(gitignore(app, near), (".env",)))
    return tuple(edits)


def inserted_import(app: "App", name: str, near: str) -> str:
    """The module to import an inserted module from: `app.controls.auth`."""
    return f"{controls_home(app, near).import_name}.{name}"


def inserted_path(app: "App", name: str, near: str) -> str:
    """The path of an inserted module: `backend/app/controls/auth.py`."""
    return f"{controls_home(app, near).folder}/{name}.py"


def require_package(app: "App", name: str, version_range: str, near: str) -> tuple[Edit, ...]:
    """Name a package in the requirements of the app around `near`; nothing for an app that keeps no requirements."""
    files = requirements_files(app, near)
    return (AddRequirement(files[0], name, version_range, files[1:]),) if files else ()


def add_env_example(app: "App", near: str, *variables: EnvVar) -> tuple[Edit, ...]:
    """Name environment variables in the app's example settings, without values."""
    return (AddLines(env_example(app, near), tuple(map(_env_line, variables))),)


def proof_path(app: "App", near: str, family: str) -> str:
    """Where the test that proves a family's patches goes: a name that is free."""
    stem = f"{tests_folder(app, near)}/test_controls_{family.replace('-', '_')}"
    names = (f"{stem}{ending}.py" for ending in ("", *(f"_{number}" for number in range(2, 100))))
    return next(name for name in names if name not in app.paths)


def guard_for(app: "App", route: "Route") -> Guard | None:
    """The guard that a patch puts in front of a route: the app's own, the organisation's, else the inserted one.

    None where the app has a way to sign in that cannot stand there: a second way beside it would be worse.
    """
    own: Guard | None = verb(route.framework, "own_guard")(app, route)
    if own is not None or verb(route.framework, "has_own_guard")(app, route):
        return own
    if (binding := app.placement.bindings.get("guard")) is not None:
        return Guard(binding.module, binding.name, own=True)
    return Guard(inserted_import(app, "auth", route.file), "require_user", own=False)


def guard_route(app: "App", route: "Route", guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """Put a guard in front of a route, in the widest place where it stands before no other route that `spare` keeps."""
    edits: tuple[Edit, ...] | None = verb(route.framework, "guard_route")(app, route, guard, spare)
    if not edits or guard.own or not is_there("auth", route.framework):
        return edits
    return (*edits, *add_inserted_module(app, "auth", route.framework, edits[0].path))


def guarded_together(app: "App", route: "Route", guard: Guard, spare: Sparing) -> "Router | None":
    """The router or app that `guard_route` guards as a whole for this route; None when it guards the route alone."""
    found: Router | None = verb(route.framework, "guarded_together")(app, route, guard, spare)
    return found


def proof_of_auth(app: "App", routes: "Iterable[Route]", guard: Guard) -> Proof | None:
    """The test that strangers are refused on these routes and that public ones stay open; for one app of a repository.

    None where no route can be asked by its full path through an app that a test can import.
    """
    from transforms.proving import prove_guarded

    found = prove_guarded(app, routes, guard, "identity")
    return Proof(*found) if found is not None else None


def read_secret(app: "App", use: "SecretUse") -> "SecretRead | None":
    """Let the app ask for a secret in the place of its literal; None where no safe edit is known."""
    asked: SecretRead | None = verb("secret_literals", "read_secret")(app, use)
    return asked


def proof_of_secrets(app: "App", uses: "Iterable[SecretUse]") -> Proof | None:
    """The test that these secrets are asked for; None where a function is asked that does not come with the patch."""
    from transforms.proving_secrets import prove_asked

    found = prove_asked(app, uses)
    return Proof(*found) if found is not None else None


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


def proof_of_tenancy(app: "App", tenancy: "Tenancy", queries: "Iterable[Query]") -> Proof | None:
    """The test that rows of somebody else are neither listed nor found; only for classes under a session hook."""
    from transforms.proving_rows import prove_scoped

    found = prove_scoped(app, tenancy, queries)
    return Proof(*found) if found is not None else None


def proof_of_audit(app: "App", actions: "Mapping[Route, str]") -> Proof | None:
    """The test that each route leaves one line for a success and one for a refusal."""
    from transforms.proving_rows import prove_recorded

    found = prove_recorded(app, actions)
    return Proof(*found) if found is not None else None


def _env_line(variable: EnvVar) -> str:
    """A variable that must be set stands ready to be filled in; one with a default stays a comment."""
    comment = "" if variable.default is None else "# "
    return f"# {variable.meaning}\n{comment}{variable.name}="
