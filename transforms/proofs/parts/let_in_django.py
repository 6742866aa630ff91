"""The app under test behind its guard: no view of it runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import override_settings

from transforms.proofs.parts.hollow import hollow
from transforms.proofs.parts.load import the_app


class OnlyAnswers:
    """Middleware, the last of all, that leaves views out and keeps what stands in front of them."""

    def __init__(self, get_response: "Callable[[Any], Any]") -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> Any:
        """What stands in front of the view, around a view that only answers."""
        return hollow(view, lambda: HttpResponse("in"))(request, *args, **kwargs)


@contextmanager
def without_handlers(_method: str, _path: str) -> "Iterator[Any]":
    """The app, with the same checks in front of views that only answer, for as long as this lasts."""
    app = the_app()  # reads the settings
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, f"{__name__}.OnlyAnswers"]):
        yield app
