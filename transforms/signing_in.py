"""Whether a login can be read so well that a sign-in at an identity provider can do what it does, and if not, why."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.accounts import PasswordLogin, verifies_password
from transforms.concepts import GuardUse, PasswordCheck, Signal

if TYPE_CHECKING:
    from transforms.app import App


@dataclass(frozen=True, slots=True)
class Unread:
    """Why there is no safe edit, in words that follow "because"."""

    reason: str


def course_of(app: "App", login: PasswordLogin) -> PasswordCheck | Unread:
    """What the login does besides comparing a password."""
    name, route = login.login.name, login.login
    read = [each for each in _checks(app) if each.function == route.handler]
    read = [each for each in read if _compares(app, each, route.file)]
    if not read:
        return Unread(f"the way {name} goes on once the password was right could not be read")
    known = next((each for each in read if each.by_address or _finds_by_address(app, each, route.file)), None)
    if known is None:
        by = ", ".join(_shown(each) for each in read[0].found_by)
        return Unread(f"{name} finds accounts by {by}, and a provider vouches for an e-mail address")
    if known.asks_more:
        return Unread(f"{name} asks for more than address and password (`{known.asks_more}`)")
    if guard := next((each for each in route.guards if _chooses_by_path(app, each)), None):
        return Unread(f"`{guard.code or guard.target}` lets {name} through by its path, and not the callback")
    return known


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
