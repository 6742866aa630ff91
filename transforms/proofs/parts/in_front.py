"""What stands in front of a route of FastAPI: look at it, and leave parts of it out for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PARAMETERS = ("path_params", "query_params", "header_params", "cookie_params", "body_params")


def way_to(node: Any, call: Any) -> "list[Any]":
    """What leads from a route to a function that it depends on, the ends included; empty where nothing does."""
    if node.call is call:
        return [node]
    for each in node.dependencies:
        if way := way_to(each, call):
            return [node, *way]
    return []


@contextmanager
def changed(node: Any, **values: Any) -> "Iterator[None]":
    """The same node with other values, for as long as this lasts."""
    before = {name: getattr(node, name) for name in values}
    try:
        for name, value in values.items():
            setattr(node, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(node, name, value)
