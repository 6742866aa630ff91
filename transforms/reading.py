"""Handlers that show a page and take what is sent from it: what each of their two methods does.

A search, a filter, a report is often sent by POST to the handler that shows it, and changes nothing. A form that is
shown without data tells strangers nothing, while what they send from it may change a lot.
"""

import re
from typing import TYPE_CHECKING

from transforms.concepts import Function, Route, Signal
from transforms.frozen import replaced
from transforms.once import per_app
from transforms.part_names import part_for
from transforms.public_words import BESIDE_A_PAGE, PAGE_CALLS

if TYPE_CHECKING:
    from transforms.app import App

_PAGE_AND_FORM = frozenset({"GET", "POST", "HEAD", "OPTIONS"})
# A call of something that is not the app's own may change something when one of these words is in its name.
_CHANGING = re.compile(
    r"(?:^|_)(?:add|append_row|book|cancel|clear|commit|confirm|create|delete|drop|edit|enqueue|insert|login|logout|make|"
    r"merge|move|patch|pay|password|post|process|publish|push|put|register|remove|replace|run|save|send|set|store|submit|sync|"
    r"train|trigger|update|upload|upsert|write)",
    re.IGNORECASE,
)
_EMPTY_FORM = re.compile(r"(?:^|\.)\w*Form(?:\.validate_on_submit|\(\)\.validate_on_submit)?$")
_HARMLESS = ("flask.flash", "flask.make_response", "django.contrib.messages.")


@per_app
def only_reads(app: "App", route: Route) -> bool:
    """Whether a handler of both GET and POST changes nothing for either, as far as everything that it calls shows."""
    both = {"GET", "POST"} <= set(route.methods) or part_for(route.handler, "GET") in app.functions
    if not both or not _PAGE_AND_FORM.issuperset(route.methods) or route.handler not in app.functions:
        return False
    body = app.judge.bodies.of(route.handler)
    shows = any(map(PAGE_CALLS.search, app.functions[route.handler].calls))  # without, what it does was hardly seen
    if not shows or (body.writes or body.external or body.keeps) is not None:
        return False
    below = filter(None, map(app.functions.get, app.reaching.below(route.handler)))
    return not any(_may_change(app, call, each.file) for each in below for call in each.calls)


@per_app
def form_apart(app: "App", route: Route) -> tuple[Route, Route] | None:
    """The page and what is sent from it, where one handler does both and the page is a form without data."""
    if not {"GET", "POST"} <= set(route.methods) <= _PAGE_AND_FORM or route.part:
        return None
    shown, sent = (app.functions.get(part_for(route.handler, method)) for method in ("GET", "POST"))
    if shown is None or sent is None or not _is_empty_form(shown) or _is_empty_form(sent):
        return None
    return replaced(route, methods=("GET",), part=shown.symbol), replaced(route, methods=("POST",), part=sent.symbol)


def _is_empty_form(function: Function) -> bool:
    calls = [each for each in function.calls if not each.startswith(BESIDE_A_PAGE) and not _EMPTY_FORM.search(each)]
    return bool(calls) and Signal.FILLS_TEMPLATE not in function.signals and all(map(PAGE_CALLS.search, calls))


def _may_change(app: "App", call: str, near: str) -> bool:
    """Whether a call that cannot be followed is called like something that changes, or is a function not found."""
    meant = app.meaning(call, near)
    owner, _, name = meant.removesuffix("()").rpartition(".")
    if meant in app.functions or call.startswith(_HARMLESS):
        return False
    return _CHANGING.search(name) is not None or (owner in app.modules and name.islower())
