"""What routes do to the accounts of an app: what their words promise, and what their queries say.

A sign-up makes an account, and a health check shows nobody's. A route that is called like one and does something else
is not open by its word alone; and whoever may choose a role for a new account makes administrators.
"""

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from transforms.access import Trace
from transforms.accounts import verifies_password
from transforms.callers import Source
from transforms.concepts_data import Operation, Query, StoredRow
from transforms.once import per_app
from transforms.ownership import are_people
from transforms.role_words import PRIVILEGES, REFUSALS
from transforms.roles import SENT

if TYPE_CHECKING:
    from transforms.app import App

# Of whose rows no more than one is taken, or only their number.
_FEW = re.compile(r"\b(?:count|exists|first|one|one_or_none|scalar|scalar_one|scalar_one_or_none|get|limit|len)\(")
_MAKES = re.compile(r"create|register|sign_?up|add_user|insert", re.IGNORECASE)
_WHOLE = "**"
_BAD_REQUEST = frozenset({400, 422})


@per_app
def role_chosen(app: "App", handler: str) -> Trace | None:
    """Where a handler makes an account with a role that its caller has sent, and that nothing restricts."""
    made: list[Query | StoredRow] = [*_about_people(app, handler, Operation.INSERT), *_stored_people(app, handler)]
    for row in made:
        said = {column for column, _ in row.values}
        for column, origins in row.values:
            if PRIVILEGES.fullmatch(column) and _is_sent(app, handler, row.function, origins):
                return Trace(row.file, row.place.line, f"the column {column} is what the caller sent")
            if column == _WHOLE and (name := _role_among(app, row.function, origins, said)):
                return Trace(row.file, row.place.line, f"all that the caller sent is stored, {name} among it")
    return None


def belies_its_word(app: "App", handler: str, *, signs_up: bool) -> str:
    """What a handler does to accounts that no sign-in, sign-up or health check does; "" where nothing was seen."""
    if any(True for _ in _about_people(app, handler, Operation.DELETE)):
        return "it takes accounts away"
    made = makes_accounts(app, handler)
    if not made and not verifies_password(app, handler):
        listing = _about_people(app, handler, Operation.SELECT)
        if any(not each.filters and not each.probes and _FEW.search(each.code) is None for each in listing):
            return "it reads the accounts of everybody"
    if signs_up and not made and app.judge.bodies.of(handler).writes is not None and _changes_one(app, handler):
        return "it changes an account that is there, and makes none"
    return ""


def makes_accounts(app: "App", handler: str) -> bool:
    """Whether rows of the app's users are made below a handler."""
    return any(True for _ in _about_people(app, handler, Operation.INSERT))


def _changes_one(app: "App", handler: str) -> bool:
    """Whether an account is found by something that was sent, and nothing of the app's own or another makes one."""
    below = filter(None, map(app.functions.get, app.reaching.below(handler)))
    if any(_MAKES.search(call.rpartition(".")[2]) for function in below for call in function.calls):
        return False
    found = (*_about_people(app, handler, Operation.SELECT), *_about_people(app, handler, Operation.GET))
    return any(each.filters and not each.probes for each in found)


def _about_people(app: "App", handler: str, operation: Operation) -> Iterator[Query]:
    found = _by_function(app)
    for function in app.reaching.below(handler) if found else ():
        yield from (each for each in found.get(function, ()) if each.operation is operation)


def _stored_people(app: "App", handler: str) -> Iterator[StoredRow]:
    """Rows of the app's users that are made without a class."""
    found = _rows_of_people(app)
    for function in app.reaching.below(handler) if found else ():
        yield from found.get(function, ())


@per_app
def _rows_of_people(app: "App") -> dict[str, list[StoredRow]]:
    found: dict[str, list[StoredRow]] = {}
    for each in (row for facts in app.files.values() for row in facts.stored_rows):
        if are_people(each.table, [column for column, _ in each.values]):
            found.setdefault(each.function, []).append(each)
    return found


@per_app
def _by_function(app: "App") -> dict[str, list[Query]]:
    """What functions ask of the app's users."""
    people, found = {each.symbol for each in app.roles.people}, dict[str, list[Query]]()
    for each in app.queries if people else ():
        if not people.isdisjoint(each.entities):
            found.setdefault(each.function, []).append(each)
    return found


def _is_sent(app: "App", handler: str, function: str, origins: str) -> bool:
    """Whether a value is the caller's choice, from whatever they like."""
    of_request = bool(origins) and all(SENT.search(each) for each in origins.split())
    if not origins or not (of_request or app.callers.source(function, origins) is Source.CHOSEN):
        return False
    names = {each.rpartition(".")[2] for each in origins.split()}
    return not any(
        not condition.roles
        and not names.isdisjoint(each.rpartition(".")[2] for each in condition.asked.split())
        and (condition.leaves or (REFUSALS | _BAD_REQUEST).intersection(condition.statuses))
        for symbol in app.reaching.below(handler)
        for condition in app.conditions.get(symbol, ())
    )


def _role_among(app: "App", function: str, origins: str, said: Collection[str]) -> str:
    """The field of a role among those of what is stored as a whole; "" where there is none, or none can be seen.

    What is `said` beside it stands in the place of what was sent.
    """
    known = app.functions.get(function)
    head = origins.partition(".")[0]
    parameter = next((each for each in known.parameters if each.name == head), None) if known is not None else None
    if known is None or parameter is None or parameter.reference is None:
        return ""
    if app.callers.source(function, origins) is not Source.CHOSEN:
        return ""
    line = (app.classes.get(each) for each in app.ancestors(app.resolve(parameter.reference, known.file)))
    fields = (name for class_ in line if class_ is not None for name in class_.fields)
    return next((name for name in fields if PRIVILEGES.fullmatch(name) and name not in said), "")
