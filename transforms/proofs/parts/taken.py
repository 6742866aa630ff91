"""See what a function in front of a route takes for a token. Nothing runs but what leads to it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from fastapi import HTTPException

from transforms.proofs.parts.bare import found
from transforms.proofs.parts.in_front import PARAMETERS, changed, way_to
from transforms.proofs.parts.load import load, the_app


@contextmanager
def tokens_taken(method: str, path: str, function: str, parameter: str) -> "Iterator[list[str]]":
    """What the function is handed as this parameter when the route is asked, for as long as this lasts."""
    taken: list[str] = []

    def take(**given: Any) -> None:
        taken.append(given[parameter])
        raise HTTPException(409, "the token was taken: this test goes no further")

    way = way_to(found(the_app(), method, path).dependant, load(function))
    assert way, f"{function} does not stand in front of {method} {path}"
    nothing: dict[str, list[Any]] = {name: [] for name in PARAMETERS}
    with ExitStack() as stack:
        for number, node in enumerate(way[:-1], 1):
            stack.enter_context(changed(node, dependencies=[way[number]], **nothing))
        read = way[-1]
        hands = [each for each in read.dependencies if each.name == parameter]
        asked = {**nothing, "query_params": [each for each in read.query_params if each.name == parameter]}
        stack.enter_context(changed(read, call=take, dependencies=hands, **asked))
        yield taken
