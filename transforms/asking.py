"""Functions that tell whether somebody is known, and what goes by their answer: nobody of them refuses by itself."""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.concepts import Function, GuardUse, How, Signal
from transforms.once import per_app

if TYPE_CHECKING:
    from transforms.app import App

_NOTHING = frozenset({"None", "True", "False", '""', "''"})


def nothing_for_strangers(app: "App", target: str) -> Function | None:
    """The function of the app with that symbol, if strangers get nothing out of it."""
    function = app.functions.get(target)
    return function if function is not None and Signal.NOTHING_FOR_STRANGERS in function.signals else None


def asked_inside(app: "App", symbol: str) -> Iterator[GuardUse]:
    """What a function, or one inside it, asks of others, going on only for whom that answers something."""
    for each in (symbol, *app.inner.get(symbol, ())):
        yield from _asked(app).get(each, ())


@per_app
def _asked(app: "App") -> dict[str, list[GuardUse]]:
    found: dict[str, list[GuardUse]] = defaultdict(list)
    for facts in app.files.values():
        for each in facts.guarded:
            if each.guard.how is How.ANSWER:
                found[each.owner] += app.guard_targets(each.guard, facts.path)
    return found


def goes_by_what_is_given(app: "App", function: Function) -> bool:
    """`if key == settings.API_KEY: return key`, `if user := find(key): return user`, and nothing for others."""
    ending = [each for each in app.conditions.get(function.symbol, ()) if each.leaves]
    if any(each.startswith("@") and "()" in each for condition in ending for each in condition.asked.split()):
        return True
    given = {each.name for each in function.parameters}
    pairs = (pair for each in ending for pair in each.pairs)
    sides = (
        (one, code) for pair in pairs for one, code in ((pair.left, pair.right_code), (pair.right, pair.left_code))
    )
    return any(one in given and code not in _NOTHING for one, code in sides)
