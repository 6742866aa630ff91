"""What is at stake when a stranger calls a route: the measure of a finding's severity."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.concepts import Route
from transforms.public import is_personal

if TYPE_CHECKING:
    from transforms.app import App


@dataclass(frozen=True, slots=True)
class Stakes:
    """What a route does, as far as its path, its handler and what the handler calls show."""

    admin: bool  # meant for administrators
    writes: bool  # changes data
    external: bool  # pays, mails, asks a model, fetches a URL
    personal: bool  # about people or what belongs to them


def stakes(app: "App", route: Route) -> Stakes:
    """The stakes of one route of `app.routes`."""
    body = app.judge.bodies.of(route.does)
    return Stakes(
        admin=app.shape(route).admin,
        writes=body.writes is not None or (route.may_write and route.methods != ("WEBSOCKET",)),
        external=body.external is not None,
        personal=is_personal(route),
    )
