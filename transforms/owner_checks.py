"""Comparisons that say whose something is: which of them compare it with who is calling, and which with nothing.

`if order.user_id != order.user_id` looks like a check and lets everybody pass, and so does a comparison of two things
that the caller chose.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from transforms.callers import Source
from transforms.concepts import Place
from transforms.concepts_data import Condition, Pair
from transforms.role_words import REFUSALS

if TYPE_CHECKING:
    from transforms.app import App

_OWNER = re.compile(
    r"(?:user|owner|author|creator|account|customer|member|person|tenant|org|organi[sz]ation|company|workspace|team)"
    r"_?(?:id|uuid|pk)|owner|created_by(?:_id)?|user_?name|email|tenant|id",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")
_FORBIDS = frozenset({401, 403})
_OF_PERSON = re.compile(r"(?:user|owner|author|creator|member|person)_?id|created_by(?:_id)?|owner", re.IGNORECASE)


class Flaw(StrEnum):
    """Why a comparison keeps nobody out."""

    ITSELF = "itself"  # both sides are the same
    CHOSEN = "chosen"  # both sides come with the request
    DECIDED = "decided"  # a literal decides it


@dataclass(frozen=True, slots=True)
class OwnerCheck:
    """One comparison of whose something is; `flaw` is None for one that asks who is calling."""

    condition: Condition
    pair: Pair
    flaw: Flaw | None


def owner_checks(app: "App") -> Iterator[OwnerCheck]:
    """One for each comparison of an owner, in functions that routes reach or that stand before them."""
    for function, conditions in app.conditions.items():
        if not (app.reaching.routes(function) or app.reaching.guards_only(function)):
            continue
        for condition in conditions:
            if (found := _judged(app, condition)) is not None:
                yield found


def right_side(app: "App", check: OwnerCheck) -> tuple[Place, str] | None:
    """Which side is wrong, and the caller's attribute that belongs there; None where either is not certain."""
    function = app.functions.get(check.condition.function)
    principals = app.callers.principals(check.condition.function)
    named = [each for each in (function.parameters if function is not None else ()) if each.name in principals]
    if check.flaw is Flaw.DECIDED or len(named) != 1 or named[0].reference is None or function is None:
        return None
    class_ = app.class_behind(named[0].reference, function.file)
    wrong = _wrong_side(check)
    if wrong is None or named[0].name.startswith("_"):
        return None
    place, compared = wrong
    attribute = _attribute(app, class_, compared)
    return (place, f"{named[0].name}.{attribute}") if attribute is not None else None


def _judged(app: "App", condition: Condition) -> OwnerCheck | None:
    for pair in condition.pairs:
        if _is_itself(pair) and (condition.leaves or REFUSALS.intersection(condition.statuses)):
            return OwnerCheck(condition, pair, Flaw.ITSELF)
    if not _turns_away(app, condition):
        return None
    for pair in condition.pairs:
        if not (_names_owner(pair.left) and _names_owner(pair.right)):
            continue
        sources = [_source(app, condition.function, side) for side in (pair.left, pair.right)]
        if condition.decided and Source.CALLER in sources:
            return OwnerCheck(condition, pair, Flaw.DECIDED)
        if sources == [Source.CHOSEN, Source.CHOSEN] and _FORBIDS.intersection(condition.statuses):
            alone = not any(_asks_caller(app, condition.function, other) for other in condition.pairs)
            return OwnerCheck(condition, pair, Flaw.CHOSEN) if alone else None
        if Source.CALLER in sources and not condition.decided:
            return OwnerCheck(condition, pair, None)
    return None


def _is_itself(pair: Pair) -> bool:
    """The same attribute of the same thing on both sides; a bare name may be how somebody asks for NaN."""
    if pair.left != pair.right or pair.left_code != pair.right_code:
        return False
    return _PLAIN.fullmatch(pair.left_code) is not None and _names_owner(pair.left_code)


def _turns_away(app: "App", condition: Condition) -> bool:
    return bool(REFUSALS.intersection(condition.statuses)) or app.roles.refuses(condition)


def _names_owner(origins: str) -> bool:
    return any(_OWNER.fullmatch(origin.rpartition(".")[2]) is not None for origin in origins.split())


def _source(app: "App", function: str, origins: str) -> Source:
    """Where a side comes from; what is only vouched for by this very comparison was chosen by the sender."""
    found = app.callers.source(function, origins)
    head = origins.split(" ", maxsplit=1)[0].partition(".")[0]
    known = app.functions.get(function)
    is_parameter = known is not None and any(each.name == head for each in known.parameters)
    if found is Source.CALLER and is_parameter and head not in app.callers.principals(function):
        return Source.CHOSEN if _is_sent(app, function, head) else found
    return found


def _is_sent(app: "App", function: str, name: str) -> bool:
    known = app.functions[function]
    parameter = next(each for each in known.parameters if each.name == name)
    in_paths = any(f"{{{name}" in (route.path or "") for route in app.reaching.handlers.get(function, ()))
    return in_paths and parameter.default is None


def _asks_caller(app: "App", function: str, pair: Pair) -> bool:
    return Source.CALLER in {_source(app, function, side) for side in (pair.left, pair.right)}


def _wrong_side(check: OwnerCheck) -> tuple[Place, str] | None:
    """The side to replace, and the name of the column on the other one."""
    pair = check.pair
    if check.flaw is Flaw.ITSELF:
        return pair.right_place, pair.left_code.rpartition(".")[2]
    sides = ((pair.left, pair.right, pair.right_place), (pair.right, pair.left, pair.left_place))
    for kept, replaced, place in sides:  # what stands in the path is what is asked for; the body only repeats it
        if "." not in kept and "." in replaced:
            return place, kept
    return None


def _attribute(app: "App", class_: str, column: str) -> str | None:
    """The attribute of the caller's class that a column is to be compared with."""
    ownership = app.tenancy().ownership
    entity = ownership.entities.get(class_)
    if entity is not None and class_ in ownership.people and _OF_PERSON.fullmatch(column):
        keys = [each.name for each in entity.columns if each.primary]
        return keys[0] if len(keys) == 1 else None
    fields = {each.name for each in entity.columns} if entity is not None else _fields(app, class_)
    return column if column in fields and column != "id" else None


def _fields(app: "App", class_: str) -> set[str]:
    return {name for each in app.ancestors(class_) if each in app.classes for name in app.classes[each].fields}
