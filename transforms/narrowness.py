"""Whether a guard lets in everybody who is signed in, or accounts of one kind only: teachers, not students.

A page for all who are signed in must not come to stand behind a guard for some of them. What a guard asks decides: a
role, an attribute of the account beyond its name, or which of several words the session holds. Its name says nothing.
"""

import re
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from transforms.concepts import Route
from transforms.concepts_data import Condition, Pair
from transforms.known_guards import asks_for_a_role
from transforms.once import per_app

if TYPE_CHECKING:
    from transforms.app import App

_SESSION = re.compile(r"@flask\.(?:globals\.)?session\.(\w+)|(?:self\.)?request\.session\.(\w+)")
# Whoever is calling, as a library or a middleware knows them, and what was found by a call: perhaps a row of theirs.
_ACCOUNT = re.compile(
    r"@flask_(?:login|security|jwt_extended)\.(?:\w+\.)*current_user|(?:@flask\.|self\.)?request\.user"
    r"|@flask\.(?:globals\.)?g\.\w*user\w*|(?:current_)?user"
)
_FOUND = re.compile(r"@?[\w.]*\(\)[\w.()]*")
# What every account has, or says of its state and not of its kind.
_OF_EVERYBODY = re.compile(
    r"(?:is_)?(?:authenticated|active|inactive|anonymous|approved|enabled|banned|blocked|locked|deleted|suspended|pending)"
    r"|(?:\w+_)?(?:verified|confirmed|disabled|revoked|expired|at)|status|state|exp|(?:hashed_)?password\w*|\w*(?:mfa|otp|2fa)\w*"
    r"|(?:tenant|org|organi[sz]ation|workspace)_id|token_version|id|pk|uid|sub|user_?id|get_id|email|email_\w+|user_?name"
    r"|name|_get_current_object|get|is_json",
    re.IGNORECASE,
)
_OF_A_KIND = re.compile(r"(?:is|has)_\w+|\w*(?:role|type|kind|category|group)", re.IGNORECASE)
_NOTHING = frozenset({"None", "True", "False", "()", "[]"})
_NO_NAMES = frozenset({"", "api", "app", "v1", "v2", "v3"})


@per_app
def lets_only_some_in(app: "App", symbol: str) -> bool:
    """Whether a guard, by its symbol, turns away some who are signed in."""
    made_by = symbol.removesuffix("()")
    if asks_for_a_role(symbol) or app.roles.callable(made_by, wraps=True).is_there:
        return True
    line = [each for each in app.ancestors(made_by) if each in app.classes] if made_by in app.classes else [made_by]
    return any(_is_about_a_kind(app, each) for owner in line for each in _conditions_of(app, owner))


def _conditions_of(app: "App", symbol: str) -> Iterator[Condition]:
    """What a function or class asks, whatever is defined inside it included."""
    yield from app.conditions.get(symbol, ())
    for each in app.inner.get(symbol, ()):
        yield from _conditions_of(app, each)


def fitting(app: "App", route: Route, used: Collection[str], alike: Collection[str]) -> Callable[[str], bool]:
    """Tells whether a guard lets in everybody for whom a route is: `used` are the app's, `alike` for such routes.

    One for accounts of some kind stands before the route only where all its neighbours have it as well.
    """
    beside = [each for each in _neighbours(app, route) if app.access(each).is_guarded]

    def fits(symbol: str) -> bool:
        if symbol in alike or not (lets_only_some_in(app, symbol) or _are_for_others(app, symbol, used)):
            return True
        behind = (any(use.symbol == symbol for use in each.guards) for each in beside)
        return len({each.handler for each in beside}) > 1 and all(behind)

    return fits


def _are_for_others(app: "App", symbol: str, used: Collection[str]) -> bool:
    """Whether another guard asks for a key of the session that this one does not know: two kinds of accounts."""
    own = _session_keys(app, symbol)
    others = (_session_keys(app, each) for each in used if not lets_only_some_in(app, each)) if own else ()
    return any(keys and own.isdisjoint(keys) for keys in others)


def _session_keys(app: "App", symbol: str) -> frozenset[str]:
    """The keys of the session that a guard asks for."""
    found = (origin for each in _conditions_of(app, symbol) for origin in each.asked.split())
    return frozenset(match[1] or match[2] for each in found if (match := _SESSION.fullmatch(each)) is not None)


def _neighbours(app: "App", route: Route) -> list[Route]:
    """Routes for the same people, as it seems: of the same blueprint, else below the same first name of a path."""
    router, first = app.routers.get(route.router), _first_name(route)
    beside = [each for each in app.routes if each.router == route.router and each.handler != route.handler]
    if router is not None and not router.is_app:
        return beside
    return [each for each in beside if first and _first_name(each) == first]


def _first_name(route: Route) -> str:
    names = (each.lower() for each in (route.path or route.own_path or "").split("/"))
    return next((each for each in names if each not in _NO_NAMES and "{" not in each), "")


def _is_about_a_kind(app: "App", condition: Condition) -> bool:
    if condition.decided or condition.of_tokens:
        return False
    asked = condition.asked.split()
    if any(_is_beyond_a_name(each) for each in asked) or any(_chooses(each) for each in condition.pairs):
        return True
    of_account = any(_ACCOUNT.fullmatch(each.removesuffix("._get_current_object()")) for each in asked)
    return of_account and any(app.meaning(each.removeprefix("@")) in app.classes for each in asked)  # isinstance


def _is_beyond_a_name(origin: str) -> bool:
    """`current_user.is_teacher`, `request.user.profile`; of a row that was looked up only what tells kinds apart."""
    owner, _, attribute = origin.removesuffix("()").rpartition(".")
    if not owner or _OF_EVERYBODY.fullmatch(attribute) is not None:
        return False
    known = _ACCOUNT.fullmatch(owner) is not None
    return known or (_FOUND.fullmatch(owner) is not None and _OF_A_KIND.fullmatch(attribute) is not None)


def _chooses(pair: Pair) -> bool:
    """`session["kind"] != "teacher"`, and not `session.get("user") is None`."""
    sides = ((pair.left, pair.right, pair.right_code), (pair.right, pair.left, pair.left_code))
    return any(
        _SESSION.fullmatch(one) is not None and code not in _NOTHING and not other.startswith(f"{one} ")
        for one, other, code in sides
    )
