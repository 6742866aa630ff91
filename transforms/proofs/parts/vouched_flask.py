"""What the inserted module gives a callback, on a view of the test's own: no view of the app has to run for it."""

from flask import Flask, session

from transforms.proofs.parts.browse_wsgi import Browser
from transforms.proofs.parts.load import control
from transforms.proofs.parts.provider import Provider
from transforms.proofs.parts.told import MODULE


def probe() -> Flask:
    """An app whose callback says the address, and what of an earlier session is left."""
    app, module = Flask(__name__), control(MODULE)
    app.register_blueprint(module.sign_in_pages)
    app.add_url_rule("/prepare", "prepare", lambda: session.update(prepared="yes") or "")
    app.add_url_rule("/sign-in/callback", "callback", lambda: f"{module.verified_email()} {dict(session)}")
    return app


def test_whoever_signs_in_at_the_provider_is_known_by_a_verified_address_and_has_a_new_session(
    provider: Provider,
) -> None:
    browser = Browser(probe())
    browser.visit("/prepare")
    answer = provider.answer_to(browser.visit("/sign-in").location)
    found = browser.visit(f"/sign-in/callback?{answer}")
    assert (found.status, found.body) == (200, "somebody@example.test {}")
