"""What the inserted module gives a callback, on a route of the test's own: no handler of the app has to run for it."""

from fastapi import Depends, FastAPI

from transforms.proofs.parts.browse import Browser
from transforms.proofs.parts.load import control
from transforms.proofs.parts.provider import Provider
from transforms.proofs.parts.told import MODULE


def probe() -> FastAPI:
    """An app whose callback says the address."""
    app, module = FastAPI(), control(MODULE)
    app.include_router(module.sign_in_router)

    def said(email: str = Depends(module.verified_email)) -> str:
        return email

    app.add_api_route("/sign-in/callback", said, methods=["GET"])
    return app


def test_whoever_signs_in_at_the_provider_is_known_by_a_verified_address(provider: Provider) -> None:
    browser = Browser(probe())
    answer = provider.answer_to(browser.visit("/sign-in").location)
    found = browser.visit(f"/sign-in/callback?{answer}")
    assert (found.status, found.body) == (200, '"somebody@example.test"')
