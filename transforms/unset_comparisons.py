"""What comes of comparisons while nobody has set a setting: no header is None, and so is a variable that is not there.

`if request.headers.get("x-api-key") != os.getenv("API_KEY"): refuse` refuses nobody then. Where the setting is an empty
text, an empty header equals it; where None is put into a text, `Bearer None` does. And `if ENV == "development":
return` lets everybody go on where that is what the app takes for granted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.concepts import BLANK_TEXT, NOTHING, UNSET, Function
from transforms.concepts_data import Condition, Pair
from transforms.once import per_app
from transforms.setting_symbols import setting_symbol
from transforms.setting_words import may_be_key, may_be_setting, may_be_switch
from transforms.shared_secrets import is_sent

if TYPE_CHECKING:
    from transforms.app import App

_MAKES_TEXT = re.compile(r"[rR]?[fF][\"']")
_MAY_BE_LEFT_OUT = re.compile(r"(?:(?:Header|Cookie|Query|Form)\((?:default=)?)?None\b")
_FROM_REQUEST = re.compile(r"(?:Header|Cookie|Query|Form)\(")


def setting_that_nothing_equals(app: "App", condition: Condition) -> str:
    """The origins of the setting that equals, while it is empty, what anybody can send; "" where there is none."""
    function = app.functions.get(condition.function)
    if function is None or len(condition.pairs) != 1:
        return ""
    for setting, sent in _sides(condition.pairs[0]):
        if _MAKES_TEXT.match(sent.code) or not may_be_key(setting.origins) or not is_sent(app, function, sent.origins):
            continue
        unset = setting.blank or _while_unset(app, function, setting.origins)
        sendable = (sent.blank or _without_it(function, sent.origins)).split()
        if _MAKES_TEXT.match(setting.code):  # a text may be guessed, if it is made of nothing
            return setting.origins if unset == NOTHING and sendable else ""
        fails = condition.pairs[0].of_texts and unset == NOTHING
        return setting.origins if unset in sendable and not fails else ""
    return ""


def said_while_unset(app: "App", condition: Condition) -> tuple[str, bool] | None:
    """The origins of the one setting that a condition asks, and the answer while nobody has set it; None: not known."""
    function = app.functions.get(condition.function)
    if function is None or len(condition.pairs) > 1:
        return None
    if not condition.pairs:
        on = may_be_setting(condition.asked) and _while_unset(app, function, condition.asked) == "True"
        return (condition.asked, True) if on else None
    for setting, words in _sides(condition.pairs[0]):
        is_mode = not words.origins and words.blank not in ("", NOTHING)  # whether it is None asks for its presence
        if is_mode and may_be_switch(setting.origins):
            unset = setting.blank or _while_unset(app, function, setting.origins)
            return (setting.origins, unset in words.blank.split()) if unset and " " not in unset else None
    return None


@dataclass(frozen=True)
class _Side:
    """One side of a comparison."""

    origins: str
    code: str
    blank: str


def _sides(pair: Pair) -> Iterator[tuple[_Side, _Side]]:
    left = _Side(pair.left, pair.left_code, pair.left_blank)
    right = _Side(pair.right, pair.right_code, pair.right_blank)
    yield from ((left, right), (right, left))


def _while_unset(app: "App", function: Function, origins: str) -> str:
    """What a setting is while nobody has set it; "" where that is not known."""
    symbols = {setting_symbol(app, function.symbol, each) for each in origins.split()}
    kinds = _by_symbol(app)
    return next((kinds[each] for each in symbols if each in kinds), "") if len(symbols) == 1 else ""


@per_app
def _by_symbol(app: "App") -> dict[str, str]:
    """What the settings of an app are while nobody has set them, by symbol."""
    told = (each.value or "" for facts in app.files.values() for each in facts.settings if each.name == UNSET)
    pairs = (each.partition("=") for text in told for each in text.split())
    return {symbol: value for symbol, _, value in pairs}


def _without_it(function: Function, origins: str) -> str:
    """What a parameter is for a request that brings nothing, or an empty header."""
    known = next((each for each in function.parameters if each.name == origins), None)
    if known is None:
        return ""
    default, annotation = known.default or "", known.annotation or ""
    scheme = next((use for use in function.guards if use.bound_to == origins), None)
    if scheme is not None:  # one that refuses nobody hands over None, also for an empty header
        return NOTHING if "auto_error=False" in scheme.flags else ""
    if _MAY_BE_LEFT_OUT.match(default):
        return f"{NOTHING} {BLANK_TEXT}"
    return BLANK_TEXT if _FROM_REQUEST.search(f"{default} {annotation}") else ""
