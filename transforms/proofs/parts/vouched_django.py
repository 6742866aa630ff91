"""What the inserted module gives a callback, on a request of the test's own: no view of the app has to run for it."""

from typing import Any

from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.test import RequestFactory, override_settings

from transforms.proofs.parts.load import control, the_app
from transforms.proofs.parts.provider import Provider
from transforms.proofs.parts.told import MODULE


def request_to(url: str, session: Any) -> Any:
    """A request with a session."""
    request = RequestFactory().get(url)
    request.session = session
    return request


def test_whoever_signs_in_at_the_provider_is_known_by_a_verified_address(provider: Provider) -> None:
    the_app()  # reads the settings
    module, session = control(MODULE), SessionStore()
    with override_settings(ALLOWED_HOSTS=["*"]):
        sent = module.leave_for_provider(request_to("/sign-in", session))
        answer = provider.answer_to(sent["Location"])
        assert module.verified_email(request_to(f"/sign-in/callback?{answer}", session)) == "somebody@example.test"
