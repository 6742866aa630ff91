"""Let somebody of the test's own call a Django app: whoever its sessions or tokens would have told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import override_settings

from transforms.proofs.parts.caller import Caller
from transforms.proofs.parts.hollow import hollow
from transforms.proofs.parts.load import the_app

AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
CALLING: "list[Caller]" = []


class SignedIn:
    """Middleware that puts the test's caller where views look for whoever is signed in."""

    def __init__(self, get_response: "Callable[[Any], Any]") -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        request.user = request._force_auth_user = CALLING[-1]
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> Any:
        """What stands in front of the view, around a view that only answers."""
        return hollow(view, lambda: HttpResponse("in"))(request, *args, **kwargs)


@contextmanager
def called_by(caller: Caller, _found_by: str) -> "Iterator[Any]":
    """The app under test, with `caller` signed in and views that only answer, for as long as this lasts."""
    app, known = the_app(), list(settings.MIDDLEWARE)
    behind = known.index(AUTHENTICATION) + 1 if AUTHENTICATION in known else len(known)
    CALLING.append(caller)
    try:
        with override_settings(MIDDLEWARE=[*known[:behind], f"{__name__}.SignedIn", *known[behind:]]):
            yield app
    finally:
        CALLING.pop()
