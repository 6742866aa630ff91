"""Whole Django apps: what is found, what the patch changes byte for byte, that proofs hold, and that servers obey."""

import difflib
from pathlib import Path

import pytest

from fixtures.apps import load
from tests.issuer import Issuer
from tests.transforms.django_apps import after, patched, run_pytest, served, status_of, write
from transforms.api import Outcome
from transforms.engine import scan
from transforms.policy import Policy
from transforms.remedying import Status
from transforms.source import SourceFile

APPS = ("django_clinic", "django_orders_api", "django_library_api", "django_newsroom", "django_rooms")
PROOF = "tests/test_controls_identity.py"
CHANGES = {
    "django_clinic": {
        "visits/views.py": [
            "-class VisitNotes(View):",
            "+class VisitNotes(LoginRequiredMixin, View):",
            "+@login_required",
            "+@login_required",
        ],
    },
    "django_orders_api": {
        "config/settings.py": [
            '+    "DEFAULT_PERMISSION_CLASSES": ["config.controls.auth.UserRequired"],',
            '+    "DEFAULT_AUTHENTICATION_CLASSES": ["config.controls.auth.OidcAuthentication"],',
        ],
        "config/urls.py": ["+from config.controls.auth import require_user", "+@require_user"],
        "requirements.txt": ["+PyJWT[crypto]>=2.10,<3"],
    },
    "django_library_api": {
        "books/views.py": [
            "-    permission_classes = [IsLibrarianOrReadOnly]",
            "+    permission_classes = [IsAuthenticated, IsLibrarianOrReadOnly]",
            "-    permission_classes = [OwnsLoan]",
            "+    permission_classes = [IsAuthenticated, OwnsLoan]",
        ],
    },
    "django_rooms": {
        "requirements.txt": ["+PyJWT[crypto]>=2.10,<3"],
        "rooms/views.py": [
            "+",
            "+from site_of_rooms.controls.auth import open_to_everybody",
            "+@open_to_everybody",
            "+    login_required = False",
            "+",
        ],
        "site_of_rooms/settings.py": ['+    "site_of_rooms.controls.auth.UserRequiredMiddleware",'],
    },
    "django_newsroom": {
        "articles/views.py": [
            "-from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated",
            "+from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated, IsAuthenticatedOrReadOnly",
            "-    permission_classes = [AllowAny]",
            "+    permission_classes = [IsAuthenticatedOrReadOnly]",
            '+        if self.action == "create":',
            "+            return [IsAuthenticated()]",
            "-            permission_classes = [AllowAny]",
            "+            permission_classes = [IsAuthenticated]",
            '-    @action(detail=True, methods=["post"])',
            '+    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated])',
            '-    @action(detail=True, methods=["post"], permission_classes=[AllowAny])',
            '+    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated])',
        ],
    },
}
FOUND = {
    "django_clinic": {
        "GET /visits/{pk}/notes/",
        "POST /visits/{pk}/notes/",
        "POST /visits/{pk}/cancel/",
        "GET /visits/export/",
    },
    "django_orders_api": {
        "GET /api/orders/",
        "POST /api/orders/",
        "DELETE /api/orders/{pk}/",
        "POST /api/orders/{pk}/pay/",
        "GET /api/report/",
        "GET /api/total/",
        "GET /export/",
    },
    "django_rooms": {
        "GET /rooms/bookings/",
        "GET,POST /rooms/bookings/{pk}/cancel/",
        "GET /rooms/bookings/{pk}/notes/",
        "POST /rooms/bookings/{pk}/notes/",
    },
    "django_newsroom": {
        "POST /api/articles/",
        "DELETE /api/articles/{pk}/",
        "POST /api/news/",
        "POST /api/drafts/{pk}/publish/",
        "POST /api/contact/{pk}/answer/",
        "POST /api/notes/{pk}/burn/",
    },
    "django_library_api": {"GET /api/members/", "GET /api/members/{pk}/cards/", "GET /api/loans/"},
}
each_app = pytest.mark.parametrize("name", APPS)


def found(files: dict[str, bytes]) -> set[str]:
    report = scan([SourceFile(path, content) for path, content in files.items()], Policy())
    assert report.failures == ()
    return {
        verdict.subject.name
        for verdict in report.verdicts
        if verdict.control == "route-requires-auth" and verdict.outcome is Outcome.FAIL
    }


def changed_lines(before: bytes, now: bytes) -> list[str]:
    lines = difflib.unified_diff(before.decode().splitlines(), now.decode().splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


@each_app
def test_exactly_the_forgotten_routes_are_found(name: str) -> None:
    assert found(load(name)) == FOUND[name]


@each_app
def test_the_patch_changes_these_lines_and_no_other(name: str) -> None:
    before, now = load(name), after(name)
    changes = {path: changed_lines(content, now[path]) for path, content in before.items() if now[path] != content}
    assert changes == CHANGES[name]


@each_app
def test_nothing_is_left_and_a_second_run_changes_nothing(name: str) -> None:
    now = after(name)
    assert found(now) == set()
    assert patched(now).files == {}


@each_app
def test_every_patch_passes_its_gates(name: str) -> None:
    assert {patch.status for patch in patched(load(name)).patches} == {Status.FIXED}


@pytest.mark.slow
@each_app
def test_the_proof_fails_before_and_passes_after(name: str, tmp_path: Path) -> None:
    now = after(name)
    passed = run_pytest(write(now, tmp_path / "after"), PROOF)
    assert passed.returncode == 0, passed.stdout[-3000:]
    failed = run_pytest(write({**load(name), PROOF: now[PROOF]}, tmp_path / "before"), PROOF)
    assert failed.returncode == 1, failed.stdout[-3000:]


@pytest.mark.slow
def test_a_served_clinic_sends_strangers_to_its_login(tmp_path: Path) -> None:
    folder = write(after("django_clinic"), tmp_path)
    with served(folder, ["manage.py", "runserver", "--noreload", "{address}"]) as url:
        assert status_of(f"{url}/") == 200
        for path in ("/visits/", "/visits/export/", "/visits/1/notes/"):
            assert status_of(url + path) == 302, path
        assert status_of(f"{url}/visits/1/cancel/", "POST") == 403  # refused for its missing CSRF token already


@pytest.mark.slow
def test_a_served_newsroom_is_open_to_readers_and_visitors_and_to_nobody_else(tmp_path: Path) -> None:
    folder = write(after("django_newsroom"), tmp_path)
    with served(folder, ["manage.py", "runserver", "--noreload", "{address}"]) as url:
        for path in ("/api/articles/", "/api/news/"):
            assert status_of(url + path) == 200, path
            assert status_of(url + path, "POST") == 401, path
        assert status_of(f"{url}/api/contact/", "POST") == 201
        for path in ("/api/contact/1/answer/", "/api/drafts/1/publish/", "/api/notes/1/burn/"):
            assert status_of(url + path, "POST") == 401, path


@pytest.mark.slow
def test_a_served_site_asks_for_a_token_but_where_it_is_open_or_asks_for_itself(tmp_path: Path) -> None:
    folder = write(after("django_rooms"), tmp_path)
    with Issuer() as issuer, Issuer() as stranger:
        command = ["-m", "gunicorn", "--bind", "{address}", "site_of_rooms.wsgi"]
        with served(folder, command, **issuer.settings) as url:
            for path in ("/rooms/bookings/", "/rooms/bookings/1/notes/"):
                assert status_of(url + path) == 401, path
                assert status_of(url + path, token=stranger.token()) == 401, path
                assert status_of(url + path, token=issuer.token()) == 200, path
            assert status_of(f"{url}/rooms/bookings/1/cancel/", "POST") == 401
            assert status_of(f"{url}/rooms/bookings/1/cancel/", "POST", issuer.token()) == 200
            assert status_of(f"{url}/health/") == 200
            assert status_of(f"{url}/rooms/contact/", "POST") == 201
            assert status_of(f"{url}/admin/login/") == 200
            assert status_of(f"{url}/admin/") == 302
            assert status_of(f"{url}/nowhere/") == 404


@pytest.mark.slow
def test_a_row_that_is_asked_about_is_refused_to_strangers_before_any_patch(tmp_path: Path) -> None:
    folder = write(load("django_newsroom"), tmp_path)
    with served(folder, ["manage.py", "runserver", "--noreload", "{address}"]) as url:
        assert status_of(f"{url}/api/notes/1/") == 401
        assert status_of(f"{url}/api/notes/1/burn/", "POST") == 200


@pytest.mark.slow
def test_a_served_api_lets_in_who_brings_a_token(tmp_path: Path) -> None:
    folder = write(after("django_orders_api"), tmp_path)
    with Issuer() as issuer, Issuer() as stranger:
        command = ["-m", "gunicorn", "--bind", "{address}", "config.wsgi"]
        with served(folder, command, **issuer.settings) as url:
            assert status_of(f"{url}/health/") == 200
            for path in ("/api/orders/", "/api/report/", "/api/total/", "/export/"):
                assert status_of(url + path) == 401, path
                assert status_of(url + path, token=stranger.token()) == 401, path
                assert status_of(url + path, token=issuer.token()) == 200, path
            assert status_of(f"{url}/api/orders/", "POST", issuer.token()) == 201
            assert status_of(f"{url}/api/orders/0/", "DELETE") == 401
            assert status_of(f"{url}/api/orders/0/", "DELETE", issuer.token()) == 204
