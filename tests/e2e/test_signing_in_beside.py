"""Apps with a login of their own, patched: people sign in at a real identity provider, or by password as before.

The apps run in real servers. A browser is a client with a cookie jar: it is sent to the provider, a person signs in
there by the code flow with PKCE, and the browser brings the answer back.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from werkzeug.security import generate_password_hash

from tests.e2e.served import GUNICORN, UVICORN, patched, served
from tests.provider import REDIRECT, Provider, provider
from tests.transforms import django_apps

pytestmark = pytest.mark.slow
PASSWORD = "a long sentence that only ada knows"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Provider]:
    with provider() as started:
        yield started


@dataclass(frozen=True)
class Served:
    """A patched app, and the provider that it trusts."""

    url: str
    issuer: Provider
    folder: str  # of the login's path

    @property
    def sign_in(self) -> str:
        """Where people leave for the provider."""
        return f"{self.folder}/sign-in"

    @property
    def callback(self) -> str:
        """Where they come back to."""
        return f"{self.folder}/sign-in/callback"

    def browser(self) -> httpx.Client:
        """Somebody who has not been here before."""
        return httpx.Client(base_url=self.url, timeout=30)

    def comes_back(self, browser: httpx.Client, person: str) -> str:
        """Leave for the provider and sign in there: the query of the address to which the browser is sent back."""
        sent = browser.get(self.sign_in)
        assert sent.status_code == 302
        return self.issuer.answer_to(sent.headers["location"], person)


@pytest.fixture(scope="module", params=["web", "single-page"])
def desk(
    request: pytest.FixtureRequest, issuer: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder, rows = tmp_path_factory.mktemp("desk"), tmp_path_factory.mktemp("rows") / "desk.db"
    settings = {
        **issuer.sign_in_settings(request.param),
        "DESK_DATABASE": f"sqlite:///{rows}",
        "DESK_TOKEN_KEY": "of this test, and of nothing else",
    }
    patched("fastapi_sign_in", folder, {"sso-login"})
    with served(folder, UVICORN, "desk.main:app", settings, folder / "server.txt") as client:
        with sqlite3.connect(rows) as database:
            new = "INSERT INTO members (email, password_hash, active) VALUES (?, ?, ?)"
            database.execute(new, ("ada@example.test", generate_password_hash(PASSWORD), True))
            database.execute(new, ("eve@example.test", generate_password_hash(PASSWORD), False))
            database.execute("INSERT INTO loans (member_id, title) VALUES (1, 'Emma')")
        yield Served(str(client.base_url), issuer, "/accounts")


def test_whoever_signs_in_at_the_provider_is_let_through_by_the_app_s_own_guard(desk: Served) -> None:
    with desk.browser() as browser:
        assert browser.get("/loans").status_code == 401
        answer = browser.get(f"{desk.callback}?{desk.comes_back(browser, 'ada')}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert browser.get("/loans", headers=bearer).json() == ["Emma"]


def test_signing_in_by_password_stays_as_it_was(desk: Served) -> None:
    with desk.browser() as browser:
        answer = browser.post("/accounts/login", json={"email": "ada@example.test", "password": PASSWORD})
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert browser.get("/loans", headers=bearer).json() == ["Emma"]
        wrong = browser.post("/accounts/login", json={"email": "ada@example.test", "password": "another one"})
        assert wrong.status_code == 401


def test_the_browser_is_sent_to_the_provider_with_a_challenge_a_state_and_a_nonce(desk: Served) -> None:
    with desk.browser() as browser:
        sent = browser.get(
            desk.sign_in, params={"redirect_uri": "https://evil.example/", "next": "https://evil.example/"}
        )
        asked = parse_qs(urlsplit(sent.headers["location"]).query)
    assert sent.headers["location"].startswith(f"{desk.issuer.url}/")
    assert asked["redirect_uri"] == [REDIRECT]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["code_challenge"] and asked["state"] and asked["nonce"]
    assert "evil" not in sent.headers["location"]


def test_an_answer_that_another_browser_asked_for_is_refused(desk: Served) -> None:
    with desk.browser() as attacker, desk.browser() as victim:
        victim.get(desk.sign_in)
        assert victim.get(f"{desk.callback}?{desk.comes_back(attacker, 'ada')}").status_code == 401


def test_an_answer_nobody_asked_for_is_refused(desk: Served) -> None:
    with desk.browser() as browser, desk.browser() as stranger:
        assert stranger.get(desk.callback).status_code == 401
        assert stranger.get(f"{desk.callback}?{desk.comes_back(browser, 'ada')}").status_code == 401


def test_a_code_opens_the_door_once(desk: Served) -> None:
    with desk.browser() as browser:
        query = desk.comes_back(browser, "ada")
        kept = dict(browser.cookies)
        assert browser.get(f"{desk.callback}?{query}").status_code == 200
        assert (
            browser.get(f"{desk.callback}?{query}", headers={"Cookie": f"sign-in={kept['sign-in']}"}).status_code == 401
        )


def test_the_provider_s_refusal_is_passed_on(desk: Served) -> None:
    with desk.browser() as browser:
        state = parse_qs(urlsplit(browser.get(desk.sign_in).headers["location"]).query)["state"][0]
        assert browser.get(desk.callback, params={"state": state, "error": "access_denied"}).status_code == 401


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        ("ben", "There is no account for this address"),
        ("eve", "This account is closed"),
        ("adas_twin", "The address is not verified"),
    ],
)
def test_who_has_no_account_that_is_open_or_no_verified_address_is_refused(
    desk: Served, person: str, reason: str
) -> None:
    with desk.browser() as browser:
        answer = browser.get(f"{desk.callback}?{desk.comes_back(browser, person)}")
        assert (answer.status_code, answer.json()["detail"]) == (403, reason)


def test_signing_out_ends_at_the_provider(desk: Served) -> None:
    with desk.browser() as browser:
        sent = browser.post("/accounts/sign-out")
        assert sent.status_code == 303
        assert sent.headers["location"].startswith(f"{desk.issuer.url}/session/end")


def test_the_api_s_description_stays_as_it_was(desk: Served) -> None:
    with desk.browser() as browser:
        assert sorted(browser.get("/openapi.json").json()["paths"]) == [
            "/accounts/login",
            "/accounts/logout",
            "/health",
            "/loans",
        ]


@pytest.fixture(scope="module", params=["web", "single-page"])
def rota(
    request: pytest.FixtureRequest, issuer: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder, rows = tmp_path_factory.mktemp("rota"), tmp_path_factory.mktemp("rows") / "rota.db"
    settings = {**issuer.sign_in_settings(request.param), "ROTA_ROWS": str(rows), "ROTA_KEY": "of this test alone"}
    patched("flask_sign_in", folder, {"sso-login"})
    with served(folder, GUNICORN, "rota:create_app()", settings, folder / "server.txt") as client:
        with sqlite3.connect(rows) as database:
            new = "INSERT INTO people (email, password_hash, works_here) VALUES (?, ?, ?)"
            database.execute(new, ("ada@example.test", generate_password_hash(PASSWORD), True))
            database.execute(new, ("eve@example.test", generate_password_hash(PASSWORD), False))
            database.execute("INSERT INTO shifts (person_id, day) VALUES (1, 'Monday')")
        yield Served(str(client.base_url), issuer, "")


def test_a_flask_app_s_own_login_knows_whoever_signed_in_at_the_provider(rota: Served) -> None:
    with rota.browser() as browser:
        assert browser.get("/shifts").status_code == 302
        before = browser.cookies.get("session")
        answer = browser.get(f"{rota.callback}?{rota.comes_back(browser, 'ada')}")
        assert (answer.status_code, answer.headers["location"]) == (302, "/shifts")
        assert browser.cookies["session"] != before
        assert browser.get("/shifts").json() == ["Monday"]


def test_a_flask_app_s_password_login_stays_as_it_was(rota: Served) -> None:
    with rota.browser() as browser:
        browser.post("/login", data={"email": "ada@example.test", "password": "another one"})
        assert browser.get("/shifts").status_code == 302
        browser.post("/login", data={"email": "ada@example.test", "password": PASSWORD})
        assert browser.get("/shifts").json() == ["Monday"]


def test_in_a_flask_app_another_s_answer_lets_nobody_in(rota: Served) -> None:
    with rota.browser() as attacker, rota.browser() as victim:
        victim.get(rota.sign_in)
        assert victim.get(f"{rota.callback}?{rota.comes_back(attacker, 'ada')}").status_code == 401
        assert victim.get(rota.callback).status_code == 401
        assert victim.get("/shifts").status_code == 302


def test_in_a_flask_app_a_code_opens_the_door_once(rota: Served) -> None:
    with rota.browser() as browser:
        query = rota.comes_back(browser, "ada")
        kept = browser.cookies["session"]
        assert browser.get(f"{rota.callback}?{query}").status_code == 302
    with rota.browser() as thief:
        assert thief.get(f"{rota.callback}?{query}", headers={"Cookie": f"session={kept}"}).status_code == 401


def test_a_flask_app_sends_nobody_where_a_link_says(rota: Served) -> None:
    with rota.browser() as browser:
        sent = browser.get(rota.sign_in, params={"next": "https://evil.example/"})
        query = rota.issuer.answer_to(sent.headers["location"], "ada")
        answer = browser.get(f"{rota.callback}?{query}&next=https://evil.example/")
        assert answer.headers["location"] == "/shifts"


@pytest.mark.parametrize("person", ["ben", "adas_twin"])
def test_a_flask_app_refuses_who_has_no_account_or_no_verified_address(rota: Served, person: str) -> None:
    with rota.browser() as browser:
        assert browser.get(f"{rota.callback}?{rota.comes_back(browser, person)}").status_code == 403
        assert browser.get("/shifts").status_code == 302


def test_a_flask_app_s_own_rules_about_accounts_hold_for_the_provider_too(rota: Served) -> None:
    with rota.browser() as browser:
        answer = browser.get(f"{rota.callback}?{rota.comes_back(browser, 'eve')}")
        assert answer.headers["location"] == "/login"
        assert browser.get("/shifts").status_code == 302


def test_signing_out_of_a_flask_app_ends_its_session(rota: Served) -> None:
    with rota.browser() as browser:
        browser.get(f"{rota.callback}?{rota.comes_back(browser, 'ada')}")
        assert browser.get("/shifts").status_code == 200
        assert browser.post("/sign-out").status_code == 303
        assert browser.get("/shifts").status_code == 302


ADD_MEMBERS = """
from django.contrib.auth.models import Group, User
suspended = Group.objects.create(name="suspended")
for name in ("ada", "eve", "twin-of-ben", "ben"):
    User.objects.create_user(f"{name}@example.test", f"{name}@example.test", PASSWORD)
User.objects.filter(username="twin-of-ben@example.test").update(email="BEN@example.test")
User.objects.get(username="eve@example.test").groups.add(suspended)
"""


def manage(folder: Path, settings: Mapping[str, str], *command: str) -> None:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), **settings}
    subprocess.run([sys.executable, "manage.py", *command], cwd=folder, env=environ, check=True, capture_output=True)


@pytest.fixture(scope="module", params=["web", "single-page"])
def club(
    request: pytest.FixtureRequest, issuer: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder, rows = tmp_path_factory.mktemp("club"), tmp_path_factory.mktemp("rows") / "club.db"
    settings = {**issuer.sign_in_settings(request.param), "CLUB_ROWS": str(rows), "SECRET_KEY": "of this test alone"}
    patched("django_sign_in", folder, {"sso-login"})
    manage(folder, settings, "migrate")
    manage(folder, settings, "shell", "-c", ADD_MEMBERS.replace("PASSWORD", repr(PASSWORD)))
    with django_apps.served(folder, ["manage.py", "runserver", "--noreload", "{address}"], **settings) as address:
        yield Served(address, issuer, "/account")


def test_a_django_site_knows_whoever_signed_in_at_the_provider(club: Served) -> None:
    with club.browser() as browser:
        assert browser.get("/members/me/").status_code == 302
        answer = browser.get(f"{club.callback}?{club.comes_back(browser, 'ada')}")
        before = browser.cookies["sessionid"]
        assert (answer.status_code, answer.headers["location"]) == (302, "/members/me/")
        assert browser.get("/members/me/").json() == {"name": "ada@example.test", "member": "ada@example.test"}
        assert browser.cookies["sessionid"] == before


def test_a_django_site_begins_the_session_under_another_key(club: Served) -> None:
    with club.browser() as browser:
        query = club.comes_back(browser, "ada")
        prepared = browser.cookies["sessionid"]
        browser.get(f"{club.callback}?{query}")
        assert browser.cookies["sessionid"] != prepared
    with club.browser() as thief:
        assert thief.get("/members/me/", headers={"Cookie": f"sessionid={prepared}"}).status_code == 302


def test_a_django_site_s_password_login_stays_as_it_was(club: Served) -> None:
    with club.browser() as browser:
        browser.get("/account/login/")
        form = {"email": "ada@example.test", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        browser.post("/account/login/", data={**form, "password": "another one"})
        assert browser.get("/members/me/").status_code == 302
        browser.post("/account/login/", data={**form, "password": PASSWORD})
        assert browser.get("/members/me/").status_code == 200


def test_in_a_django_site_another_s_answer_lets_nobody_in(club: Served) -> None:
    with club.browser() as attacker, club.browser() as victim:
        victim.get(club.sign_in)
        assert victim.get(f"{club.callback}?{club.comes_back(attacker, 'ada')}").status_code == 401
        assert victim.get(club.callback).status_code == 401
        assert victim.get("/members/me/").status_code == 302


@pytest.mark.parametrize("person", ["ben", "adas_twin"])
def test_a_django_site_refuses_an_address_of_two_accounts_and_one_that_is_not_verified(
    club: Served, person: str
) -> None:
    with club.browser() as browser:
        assert browser.get(f"{club.callback}?{club.comes_back(browser, person)}").status_code == 403
        assert browser.get("/members/me/").status_code == 302


def test_a_django_site_s_own_rules_about_accounts_hold_for_the_provider_too(club: Served) -> None:
    with club.browser() as browser:
        answer = browser.get(f"{club.callback}?{club.comes_back(browser, 'eve')}")
        assert answer.headers["location"] == "/account/login/"
        assert browser.get("/members/me/").status_code == 302


def test_nobody_signs_out_of_a_django_site_by_a_link(club: Served) -> None:
    with club.browser() as browser:
        browser.get(f"{club.callback}?{club.comes_back(browser, 'ada')}")
        assert browser.get("/account/sign-out").status_code == 405
        assert browser.post("/account/sign-out").status_code == 403
        browser.get("/account/login/")
        token = {"X-CSRFToken": browser.cookies["csrftoken"]}
        assert browser.post("/account/sign-out", headers=token).status_code == 303
        assert browser.get("/members/me/").status_code == 302
