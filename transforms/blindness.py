"""Guards that refuse without knowing who is calling: nothing of the request comes in to them.

`def get_user(db = Depends(get_db)): return first_user(db)` answers 401 where there is no user at all, and lets in
whoever calls as soon as there is one.
"""

import re
from typing import TYPE_CHECKING

from transforms.concepts import Function, Parameter

if TYPE_CHECKING:
    from transforms.app import App

DEEPEST = 4  # functions of the app that are followed
_KEEPS = frozenset(
    {"contextlib.asynccontextmanager", "contextlib.contextmanager", "functools.lru_cache", "functools.cache"}
)
# Libraries that know nothing of the request, whatever they are asked.
_UNAWARE = re.compile(
    r"(?:sqlalchemy|sqlmodel|fastapi|starlette|pymongo|motor|beanie|redis|asyncpg|psycopg2?|databases|aiosqlite|sqlite3|"
    r"pydantic(?:_settings)?|logging|structlog|loguru|datetime|os|time|uuid|json|secrets|re|typing)\b"
)


def sees_nobody(app: "App", function: Function, seen: frozenset[str] = frozenset()) -> bool:
    """Whether nothing that a caller sends, and nothing that was kept of it, can reach a dependency."""
    if function.symbol in seen or len(seen) > DEEPEST or not _KEEPS.issuperset(function.decorators):
        return False
    given = {guard.bound_to: guard.target for guard in function.guards}
    deeper = seen | {function.symbol}
    return all(_is_blind(app, each, given, deeper) for each in function.parameters) and _asks_nobody(
        app, function, deeper
    )


def _is_blind(app: "App", parameter: Parameter, given: dict[str | None, str], seen: frozenset[str]) -> bool:
    if parameter.name not in given:
        return False
    target = app.functions.get(given[parameter.name])
    return target is not None and sees_nobody(app, target, seen)


def _asks_nobody(app: "App", function: Function, seen: frozenset[str]) -> bool:
    """Whether all that it calls is known to know nothing of the request."""
    for call in function.calls:
        target = app.meaning(call, function.file)
        own = app.functions.get(target) or app.functions.get(target.partition("()")[0])  # or a method of what it gave
        if own is not None:
            if own.symbol not in seen and (len(seen) > DEEPEST or not _asks_nobody(app, own, seen | {own.symbol})):
                return False
        elif target.removesuffix("()") not in app.classes and not _UNAWARE.match(target):
            return False
    return True
