"""How a handler that lets somebody in knows them: by a proof, by having just made their account, or not at all.

Only what libraries do to sign somebody in is recognised, and only what can be read in whole is called a login that asks
for nothing: a call of an unknown library may compare what was sent.
"""

import re
from typing import TYPE_CHECKING

from transforms.accounts import compares_password
from transforms.people import makes_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.app import App

_LETS_IN = re.compile(
    r"django\.contrib\.auth\.a?login|rest_framework\.authtoken\.models\.Token\.objects\.(?:get_or_)?create"
    r"|rest_framework_simplejwt\.tokens\.\w+\.for_user|knox\.models\.AuthToken\.objects\.create"
    r"|flask_login\.(?:\w+\.)*login_user|(?:(?:authlib\.)?jose\.)?jwt\.encode"
)
_MAKES_ACCOUNTS = re.compile(r".*\.a?create_user")
# What can prove nothing: it finds and keeps rows, shapes texts, answers and logs.
_PROVES_NOTHING = re.compile(
    r".*\.objects\.\w+(?:\(\)\.\w+)*|(?:django\.(?:http|shortcuts|urls|contrib\.messages|utils)|rest_framework\.response"
    r"|flask|fastapi|starlette|sqlalchemy|sqlmodel|logging|datetime|uuid|os|time)\.[\w.()]+"
    r"|(?:.*\.)?(?:get|save|strip|lower|title|info|str|int|print|format|isoformat|query|filter|filter_by|where|first|all"
    r"|execute|exec|scalars?|scalar_one_or_none|one_or_none|commit|refresh|add|flush|copy|update|utcnow|now|timestamp)(?:\(\))?"
)


def makes_own_account(app: "App", handler: str) -> bool:
    """Whether a handler makes an account and signs its caller in to it: that is how people sign up."""
    calls = list(_calls_below(app, handler))
    return any(map(_MAKES_ACCOUNTS.fullmatch, calls)) and any(map(_LETS_IN.fullmatch, calls))


def asks_for_nothing(app: "App", handler: str) -> bool:
    """Whether a handler signs somebody in, and nothing in it could tell whether that is them."""
    calls = list(_calls_below(app, handler))
    if not any(map(_LETS_IN.fullmatch, calls)) or compares_password(app, handler) or _is_told_who(app, handler):
        return False
    others = (each for each in calls if _LETS_IN.fullmatch(each) is None and each.removesuffix("()") not in app.classes)
    if not all(map(_PROVES_NOTHING.fullmatch, others)) or makes_accounts(app, handler):
        return False
    conditions = (each for symbol in app.reaching.below(handler) for each in app.conditions.get(symbol, ()))
    return not any(pair.left and pair.right for condition in conditions for pair in condition.pairs)


def _is_told_who(app: "App", handler: str) -> bool:
    """Whether something stands before a handler that refuses some: it may have asked them."""
    function = app.functions.get(handler)
    targets = (each.target for each in function.guards) if function is not None else ()
    return any(app.judge.bodies.of(each).refuses is not None for each in targets if each in app.functions)


def _calls_below(app: "App", handler: str) -> "Iterator[str]":
    """What a handler comes to call outside of the app."""
    for symbol in app.reaching.below(handler):
        function = app.functions.get(symbol)
        for call in function.calls if function is not None else ():
            target = app.meaning(call, function.file if function is not None else "")
            if target not in app.functions:
                yield target
