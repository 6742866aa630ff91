"""The proof that comes with a Django view for other services: the shared key opens it before, and nothing after."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.transforms.harness import patched
from tests.transforms.little_shop import run_proof
from tests.transforms.test_role_proofs import written
from tests.transforms.test_role_proofs_django import HEALTH, MANAGE, WSGI
from transforms.app import App
from transforms.controls import control
from transforms.engine import scan
from transforms.examples import workload_identity_between_services_django as example
from transforms.policy import Policy
from transforms.source import SourceFile

CONTROL = control("workload-identity-between-services")
SETTINGS = """SECRET_KEY = "for tests only"
ROOT_URLCONF = "shop.urls"
ALLOWED_HOSTS = []
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
MIDDLEWARE = []
INTERNAL_TOKEN = "the key of all services, for tests"
"""
ROUTE = {name: "test_get_sync_number" if name == "a function" else "test_post_sync_number" for name in example.CASES}


def site(files: Mapping[str, str]) -> dict[str, str]:
    """The files of an example as an app that can be served."""
    urls = files["shop/urls.py"].replace("urlpatterns = [\n", 'urlpatterns = [\n    path("health/", views.health),\n')
    views = files["shop/views.py"] + HEALTH
    if "HttpResponse\n" not in views:
        views = "from django.http import HttpResponse\n" + views
    return {
        **files,
        "shop/settings.py": SETTINGS,
        "shop/wsgi.py": WSGI,
        "shop/urls.py": urls,
        "shop/views.py": views,
        "manage.py": MANAGE,
    }


def proven(files: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The proof of the patched site, and the site."""
    result = patched(files, Policy(), CONTROL)
    (proof,) = [each.proof for each in result.patches if each.proof is not None]
    return proof.content, {**files, **{path: content.decode() for path, content in result.files.items()}}


def app_of(files: Mapping[str, str]) -> App:
    return scan([SourceFile(path, text.encode()) for path, text in files.items()], Policy()).app


@pytest.mark.parametrize("kind", example.CASES)
def test_the_key_opens_the_view_before_and_a_programs_token_after(kind: str, tmp_path: Path) -> None:
    files = site(example.CASES[kind][0])
    proof, patched_files = proven(files)
    before = run_proof(written(files, tmp_path / "before"), proof)
    after = run_proof(written(patched_files, tmp_path / "after"), proof)
    assert before[f"{ROUTE[kind]}_refuses_the_key_that_all_shared"] == "failed"
    assert before["test_get_health_stays_open_to_everybody"] == "passed"
    assert set(after.values()) == {"passed"}
    names = {name.partition("[")[0].removeprefix(f"{ROUTE[kind]}_") for name in after if name.startswith(ROUTE[kind])}
    assert names == {
        "refuses_an_anonymous_caller",
        "refuses_a_forged_token",
        "refuses_the_key_that_all_shared",
        "refuses_a_person",
        "lets_a_program_pass",
    }


@pytest.mark.parametrize(
    ("kind", "old", "new", "noticed"),
    [
        ("a function", "@require_workload", "@require_user", "refuses_a_person"),
        ("a class, by a mixin", "WorkloadRequiredMixin, View", "UserRequiredMixin, View", "refuses_a_person"),
        ("a class of REST framework", "[WorkloadRequired]", "[UserRequired]", "refuses_a_person"),
        ("a function", "principal.kind != kind", "principal.kind == kind", "lets_a_program_pass"),
        ("a class of REST framework", 'request.auth.kind == "workload"', "True", "refuses_a_person"),
    ],
)
def test_a_guard_with_a_mistake_is_noticed(kind: str, old: str, new: str, noticed: str, tmp_path: Path) -> None:
    proof, files = proven(site(example.CASES[kind][0]))
    assert any(old in text for path, text in files.items() if not path.startswith("tests/"))
    imported = {"views.py": "from shop.controls.auth import UserRequired, UserRequiredMixin, require_user\n"}
    wrong = {
        path: imported.get(path.rpartition("/")[2], "") + text.replace(old, new) if path.startswith("shop/") else text
        for path, text in files.items()
    }
    outcomes = run_proof(written(wrong, tmp_path), proof)
    failed = {name.partition("[")[0] for name, outcome in outcomes.items() if outcome != "passed"}
    assert f"{ROUTE[kind]}_{noticed}" in failed


@pytest.mark.parametrize(
    ("kind", "name"),
    [("a function", "internal_only"), ("a class, by a mixin", "InternalOnly"), ("a class of REST framework", "InternalOnly")],
)  # fmt: skip
def test_the_title_names_what_stands_before_the_view(kind: str, name: str) -> None:
    (key,) = app_of(example.CASES[kind][0]).shared_keys
    assert (key.function, key.secret.header) == (name, "x-internal-token")


def test_every_class_below_a_mixin_gets_the_new_base_or_none_does() -> None:
    files = dict(example.CASES["a class, by a mixin"][0])
    files["shop/views.py"] += "\n\nclass Other(InternalOnly, View):\n    def get(self, request):\n        return None\n"
    files["shop/urls.py"] = files["shop/urls.py"].replace("]\n", '    path("other", views.Other.as_view()),\n]\n')
    _, after = proven(site(files))
    assert after["shop/views.py"].count("(WorkloadRequiredMixin, View)") == 2


def test_one_key_before_views_of_both_kinds_is_changed_before_all_of_them() -> None:
    files = dict(example.CASES["a function"][0])
    views, both = files["shop/views.py"], example.CASES["a class of REST framework"][0]["shop/views.py"]
    files["shop/views.py"] = (
        views + "\n\n" + both.replace("class InternalOnly(", "class HasKey(").replace("[InternalOnly]", "[HasKey]")
    )
    files["shop/urls.py"] = files["shop/urls.py"].replace(
        "]\n", '    path("api/<int:number>", views.Sync.as_view()),\n]\n'
    )
    result = patched(site(files), Policy(), CONTROL).files["shop/views.py"].decode()
    assert "@require_workload" in result
    assert "[WorkloadRequired]" in result
