"""Ask a route of the app as it is, but for its handler, which only says that it was reached."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi.responses import PlainTextResponse

from transforms.proofs.parts.bare import found
from transforms.proofs.parts.in_front import PARAMETERS, changed, way_to


class Reached(PlainTextResponse):
    """The answer of a handler that was reached, whether the app waits for its handler or not."""

    def __await__(self) -> "Generator[Any, None, Reached]":
        yield from ()
        return self


async def accept(socket: Any) -> None:
    """The handler of a websocket that was reached."""
    await socket.accept()


@contextmanager
def handler_left_out(app: Any, method: str, path: str, guard: Any) -> "Iterator[Any]":
    """The app, with a route without its handler, and without what it depends on beside the guard, such as rows."""
    route = found(app, method, path).dependant
    left = [each for each in route.dependencies if way_to(each, guard)]
    assert left, f"the guard does not stand in front of {method} {path}"
    values: dict[str, Any] = {name: [] for name in PARAMETERS}
    values |= {"dependencies": left, "call": lambda **_: Reached("in")}
    if method == "WEBSOCKET":
        values |= {"websocket_param_name": "socket", "call": accept}
    with changed(route, **values):
        yield app
