"""Ask for a view without running its own code."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse

from transforms.proofs.parts.hollow import hollow


class OnlyAnswers:
    """Middleware that leaves what stands in front of a view, around one that only answers."""

    def __init__(self, get_response: "Callable[[Any], Any]") -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> Any:
        """Answer in the place of the view."""
        return hollow(view, lambda: HttpResponse("in"))(request, *args, **kwargs)


def without_handler(_app: Any, _method: str, _path: str) -> Any:
    """The same app with the same checks in front of its views, which only answer."""
    return SimpleNamespace(middleware=[f"{__name__}.OnlyAnswers"])
