"""Whether a login can be read so well that a sign-in at an identity provider can do what it does, and if not, why."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from transforms.accounts import LIBRARY, PasswordLogin, verifies_password
from transforms.concepts import GuardUse, PasswordCheck, Signal
from transforms.edit_kinds import CopyFunction, Edit, ImportOf

if TYPE_CHECKING:
    from transforms.app import App

_FORM = "django.contrib.auth.forms.AuthenticationForm"
# Methods of a class below the library's login: those that say where people go, those about the page that they see.
_GOES_ON = frozenset({"get_success_url", "get_default_redirect_url", "get_redirect_url"})
_SHOWS = frozenset({"get_context_data", "get_template_names", "get_form_kwargs", "get_initial", "get"})
_OF_LOOKS = frozenset({"__init__"})


@dataclass(frozen=True, slots=True)
class Unread:
    """Why there is no safe edit, in words that follow "because"."""

    reason: str


@dataclass(frozen=True, slots=True)
class Course:
    """What a login does besides comparing a password, and the function that it leaves the comparing to, if any."""

    check: PasswordCheck | None  # None for a login that is a library's
    inner: PasswordCheck | None = None


def course_of(app: "App", login: PasswordLogin) -> Course | Unread:
    """What the login does besides comparing a password."""
    name, route = login.login.name, login.login
    if login.verifies == LIBRARY and route.handler not in app.functions:
        return _of_library(app, login)
    read = [each for each in _checks(app) if each.function == route.handler]
    read = [each for each in read if _compares(app, each, route.file)]
    if not read:
        return Unread(f"the way {name} goes on once the password was right could not be read")
    known = next((found for each in read if (found := _known(app, each, route.file)) is not None), None)
    if known is None:
        by = ", ".join(dict.fromkeys(_shown(each) for check in read for each in check.found_by))
        return Unread(f"{name} finds accounts by {by}, and a provider vouches for an e-mail address")
    for each in (known.check, known.inner):
        if each is not None and each.asks_more:
            return Unread(f"{name} asks for more than address and password (`{each.asks_more}`)")
    return _passes(app, login) or known


def _passes(app: "App", login: PasswordLogin) -> Unread | None:
    """What would keep people from the callback."""
    name = login.login.name
    if guard := next((each for each in login.login.guards if _chooses_by_path(app, each)), None):
        return Unread(f"`{guard.code or guard.target}` lets {name} through by its path, and not the callback")
    return None


def _of_library(app: "App", login: PasswordLogin) -> Course | Unread:
    """A login that is a library's view, with nothing of the app's own in it."""
    route = login.login
    own = app.classes.get(route.handler) or app.classes.get(route.handler.rpartition(".")[0])
    more = [each for each in own.methods if each not in _GOES_ON | _SHOWS] if own is not None else []
    if own is not None and more:
        return Unread(f"{own.symbol.rpartition('.')[2]} does more than the login of the library ({more[0]}())")
    if form := _form_that_asks_more(app):
        return Unread(f"the form {form} may ask for more than address and password")
    return _passes(app, login) or Course(None)


def _form_that_asks_more(app: "App") -> str:
    """A form of the app's own below the library's that decides by itself who may pass."""
    for class_ in app.classes.values():
        above = (app.resolve(base, class_.file) for base in class_.bases)
        if _FORM in above and any(each not in _OF_LOOKS for each in class_.methods):
            return class_.symbol.rpartition(".")[2]
    return ""


def _known(app: "App", check: PasswordCheck, near: str) -> Course | None:
    """The course, where accounts are found by nothing but an address."""
    if check.through is None:
        found = check.by_address or _finds_by_address(app, check, near)
        return Course(check) if found else None
    symbol, _, where = check.found_by[0].removesuffix("()").partition("#")
    symbol = app.meaning(symbol, near)
    if symbol == LIBRARY:
        return Course(check) if not where.isdigit() else None
    for inner in _checks(app):
        told_apart = check.refusals or any(code for _, code in check.hoisted)
        if inner.function == symbol and inner.through is None and told_apart:
            names = [name for name, _ in inner.parameters if name not in ("self", "cls")]
            handed = names[int(where)] if where.isdigit() and int(where) < len(names) else where
            rightly = inner.identity == handed and len(inner.given) == 1 and len(check.call) == len(names)
            path = app.file_of(symbol)
            if rightly and (inner.by_address or _finds_by_address(app, inner, path)) and _compares(app, inner, path):
                return Course(check, inner)
    return None


def with_inner(app: "App", course: Course, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits of a login that leaves the comparing to another function, and a copy of that function."""
    inner, check = course.inner, course.check
    if inner is None or check is None:
        return edits
    name = f"{inner.function.rpartition('.')[2]}_at_provider"
    module, path = app.module_of(inner.function), app.file_of(inner.function)
    bare = "." not in check.call[0]
    elsewhere = bare and module is not None and path != edits[0].path
    imports = (ImportOf(module, name),) if elsewhere and module is not None else ()
    made = (
        replace(each, imports=(*each.imports, *imports)) if isinstance(each, CopyFunction) else each for each in edits
    )
    return (*made, _copy_of(inner, name, path))


def _copy_of(inner: PasswordCheck, name: str, path: str) -> CopyFunction:
    kept = ", ".join(code for parameter, code in inner.parameters if parameter not in inner.given)
    returns = f" -> {inner.returns}" if inner.returns else ""
    own = inner.function.rpartition(".")[2]
    head = (
        *(f"@{each}" for each in inner.decorators),
        f"{'async ' if inner.is_async else ''}def {name}({kept}){returns}:",
        f'    """What `{own}` does, for somebody whose address the identity provider has verified."""',
    )
    changes = [(place, f"if {missing}:\n    return None") for place, missing in inner.refusals]
    changes += [*((place, "") for place in inner.left_out), *inner.instead]
    hoisted = tuple((place, f"if {test}:\n    return None" if test else "") for place, test in inner.hoisted)
    return CopyFunction(path, inner.place, "\n".join(head), tuple(changes), hoisted)


def told_by_address(course: Course) -> PasswordCheck | None:
    """The login's own course, which asks the copy of the other function where there is one."""
    check, inner = course.check, course.inner
    if check is None or check.through is None or inner is None:
        return check
    called, *arguments = check.call
    address = address_of(check)
    handed = ", ".join(each.replace(check.identity, address) for each in arguments)
    return replace(check, instead=(*check.instead, (check.through, f"{called}_at_provider({handed})")))


def address_of(check: PasswordCheck) -> str:
    """The name that a copy has the address under: a plain parameter keeps its own."""
    return check.identity if check.identity.isidentifier() else "email"


def _chooses_by_path(app: "App", guard: GuardUse) -> bool:
    """Whether something in front of routes looks at the path, so that it may stop one where it lets another go."""
    symbols = [guard.target, *(f"{guard.target.removesuffix('()')}.{name}" for name in ("dispatch", "__call__"))]
    known = [each for symbol in symbols if (each := app.functions.get(symbol)) is not None]
    by_rule = any(symbol in app.exemptions for symbol in symbols)
    return by_rule or any(each.by_path or each.path_rules or Signal.READS_PATH in each.signals for each in known)


def _checks(app: "App") -> Iterator[PasswordCheck]:
    for facts in app.files.values():
        yield from facts.password_checks


def _compares(app: "App", check: PasswordCheck, near: str) -> bool:
    """Whether what the condition calls comes to compare a password."""
    return verifies_password(app, app.meaning(check.verifies, near))


def _finds_by_address(app: "App", check: PasswordCheck, near: str) -> bool:
    """Whether a function of the app is handed the identity, and compares it with addresses."""
    return all(_is_lookup(app, each, near) for each in check.found_by)


def _is_lookup(app: "App", found_by: str, near: str) -> bool:
    called, hashed, where = found_by.removesuffix("()").partition("#")
    symbol = app.meaning(called, near)
    function = app.functions.get(symbol)
    if not hashed or function is None:
        return False
    names = [each.name for each in function.parameters if each.name not in ("self", "cls")]
    parameter = names[int(where)] if where.isdigit() and int(where) < len(names) else where
    return any(
        each.function == symbol and each.parameter == parameter
        for facts in app.files.values()
        for each in facts.address_lookups
    )


def _shown(found_by: str) -> str:
    called, hashed, _ = found_by.partition("#")
    return f"`{called.rpartition('.')[2]}()`" if hashed else f"`{found_by}`"
