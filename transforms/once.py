"""What is worked out once for an app: its facts do not change, and every finding asks for the same again."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from transforms.app import App

P = ParamSpec("P")
T = TypeVar("T")


def per_app(work: "Callable[Concatenate[App, P], T]") -> "Callable[Concatenate[App, P], T]":
    """Decorator: the result for an app and these arguments, kept with the app. For positional, hashable arguments."""

    @functools.wraps(work)
    def once(app: "App", /, *about: P.args, **named: P.kwargs) -> T:
        key = (work, about, *named.items())
        if key not in app.worked_out:
            app.worked_out[key] = work(app, *about, **named)
        found: T = app.worked_out[key]
        return found

    return once
