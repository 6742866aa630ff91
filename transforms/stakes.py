"""What is at stake when a stranger calls a route: the measure of a finding's severity."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.concepts import Function, Route, Signal
from transforms.part_names import for_nobody
from transforms.public_words import PAGE_CALLS
from transforms.reading import only_reads
from transforms.shapes import is_admin_like, is_personal

if TYPE_CHECKING:
    from transforms.app import App

_ANSWERS_MESSAGES = ("on_receive", "on_disconnect", "receive", "receive_json")


@dataclass(frozen=True, slots=True)
class Stakes:
    """What a route does, as far as its path, its handler and what the handler calls show."""

    admin: bool  # meant for administrators
    writes: bool  # changes data
    external: bool  # pays, mails, asks a model, fetches a URL
    personal: bool  # about people or what belongs to them


def stakes(app: "App", route: Route) -> Stakes:
    """The stakes of one route of `app.routes`."""
    nobody = for_nobody(route.does)
    does = nobody if nobody in app.functions else route.does
    bodies = [app.judge.bodies.of(each) for each in (does, *_of_socket(app, route))]
    return Stakes(
        admin=app.shape(route).admin,
        writes=any(each.writes is not None for each in bodies) or _is_meant_to_write(app, route),
        external=any(each.external is not None for each in bodies),
        personal=is_personal(route),
    )


def only_shows(app: "App", route: Route, nobody: Function) -> bool:
    """Whether what runs for strangers changes nothing, and reads nothing that is hardly for them.

    Where the method is one that changes something, nothing but a page may be left. What is of the administrators' side,
    or lists what belongs to people, is hardly for strangers.
    """
    body = app.judge.bodies.of(nobody.symbol)
    if body.writes is not None or body.external is not None:
        return False
    if all(PAGE_CALLS.search(call) for call in nobody.calls) and Signal.FILLS_TEMPLATE not in nobody.signals:
        return True
    listed = is_personal(route) and "{" not in (route.path or route.own_path or "")
    return not ((route.may_write and not only_reads(app, route)) or is_admin_like(route) or listed)


def _is_meant_to_write(app: "App", route: Route) -> bool:
    return route.may_write and route.methods != ("WEBSOCKET",) and not only_reads(app, route)


def _of_socket(app: "App", route: Route) -> tuple[str, ...]:
    """What of a class answers the messages of a websocket that another method of it opens."""
    owner = route.handler.rpartition(".")[0]
    if route.methods != ("WEBSOCKET",) or owner not in app.classes:
        return ()
    answering = (app.method(owner, name) for name in _ANSWERS_MESSAGES)
    return tuple(each.symbol for each in answering if each is not None)
