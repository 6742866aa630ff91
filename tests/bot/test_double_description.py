"""The double cannot drift from GitHub's description unseen, nor can its client; and it runs without the validator."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

import fixtures
from fixtures.github import GitHubDouble
from fixtures.github.clients import installation_token, plain
from fixtures.github.description import load_api, load_webhooks
from fixtures.github.refresh import trimmed_webhooks
from fixtures.github.routes import every_operation
from fixtures.github.skeleton import Skeletons
from fixtures.github.validation import Strict

ROOT = Path(fixtures.__file__).parents[1]


@pytest.fixture
def double(tmp_path: Path) -> Iterator[GitHubDouble]:
    with GitHubDouble(tmp_path, validate=True) as running:
        running.add_repository("acme/shop", files={"a.py": b"A = 1\n"})
        running.push("acme/shop", "feature", {"a.py": b"A = 2\n"})
        running.open_pull("acme/shop", head="feature")
        yield running


@pytest.fixture
def client(double: GitHubDouble) -> Iterator[httpx.Client]:
    with plain(double, installation_token(double)) as opened:
        yield opened


def test_what_is_built_is_described_and_what_is_described_is_built() -> None:
    assert every_operation().keys() == load_api().operations.keys()


def test_an_answer_that_breaks_the_description_is_a_500(double: GitHubDouble, client: httpx.Client) -> None:
    pulls = double.state.repository("acme/shop").pulls
    pulls[1] = replace(pulls[1], state="ajar", created_at="yesterday")
    answer = client.get("/repos/acme/shop/pulls/1")
    assert answer.status_code == 500
    assert any("state" in error for error in answer.json()["errors"])
    assert any("created_at" in violation for violation in double.violations)
    assert all("GET /repos/{owner}/{repo}/pulls/{pull_number} 200" in violation for violation in double.violations)


@pytest.mark.parametrize(
    ("method", "path", "body", "blamed"),
    [
        ("POST", "git/refs", {"ref": "refs/heads/x"}, "sha"),
        ("POST", "git/refs", {"ref": "refs/heads/x", "sha": 7}, "sha"),
        ("POST", "git/refs", {"ref": "refs/heads/x", "sha": "a", "loudly": True}, "loudly"),
        ("POST", "issues/1/comments", None, "the body is missing"),
        ("PATCH", "pulls/1", {"state": "ajar"}, "state"),
        ("GET", "pulls?stat=all", None, "stat"),
        ("GET", "pulls?state=ajar", None, "state"),
        ("GET", "pulls/1/files?page=one", None, "page"),
    ],
)
def test_a_request_that_breaks_the_description_is_a_422(
    double: GitHubDouble, client: httpx.Client, method: str, path: str, body: Any, blamed: str
) -> None:
    answer = client.request(method, f"/repos/acme/shop/{path}", json=body)
    assert answer.status_code == 422
    assert blamed in answer.json()["message"]
    assert any(blamed in violation for violation in double.violations)


def test_a_webhook_that_breaks_the_description_is_recorded(double: GitHubDouble) -> None:
    pulls = double.state.repository("acme/shop").pulls
    pulls[1] = replace(pulls[1], state="ajar")
    double.payload("pull_request", "opened", "acme/shop", number=1)
    assert any("webhook pull_request.opened: pull_request/state" in violation for violation in double.violations)


def test_what_is_not_built_is_a_501_and_recorded(double: GitHubDouble, client: httpx.Client) -> None:
    assert client.get("/repos/acme/shop/wiki").status_code == 501
    assert double.violations == ["request: the double has not built GET /repos/acme/shop/wiki"]


def test_a_body_that_is_not_json_is_a_400(client: httpx.Client) -> None:
    assert client.post("/repos/acme/shop/git/refs", content=b"{").status_code == 400


def test_labels_may_come_as_a_bare_list_although_it_is_not_described(
    double: GitHubDouble, client: httpx.Client
) -> None:
    assert client.post("/repos/acme/shop/issues/1/labels", json=["tenon"]).status_code == 200
    assert double.violations == []


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/repos/a/b/git/refs/heads/x/y", "/repos/{owner}/{repo}/git/refs/{ref}"),
        ("/repos/a/b/contents/app/main.py", "/repos/{owner}/{repo}/contents/{path}"),
        ("/repos/a/b/commits/heads/x/check-runs", "/repos/{owner}/{repo}/commits/{ref}/check-runs"),
        ("/repos/a/b/compare/main...x/y", "/repos/{owner}/{repo}/compare/{basehead}"),
        ("/repos/a/b/issues/comments/7", "/repos/{owner}/{repo}/issues/comments/{comment_id}"),
    ],
)
def test_paths_with_slashes_find_their_operation(path: str, template: str) -> None:
    found = [load_api().match(method, path) for method in ("GET", "PATCH")]
    assert {match.described.template for match in found if match} == {template}


SCHEMAS: dict[str, Any] = {
    "person": {
        "type": "object",
        "required": ["login", "site", "since", "boss", "roles"],
        "properties": {
            "login": {"type": "string"},
            "site": {"type": "string", "format": "uri"},
            "since": {"type": "string", "format": "date-time"},
            "boss": {"anyOf": [{"$ref": "#/components/schemas/person"}, {"type": "null"}]},
            "roles": {"type": "array", "items": {"enum": ["maker", "reader"]}},
        },
    }
}
PERSON = {"$ref": "#/components/schemas/person"}


def test_missing_required_fields_are_filled_at_every_depth() -> None:
    skeletons = Skeletons(SCHEMAS, "http://here", "2026-01-02T03:04:05Z")
    filled = skeletons.fill({"type": "array", "items": PERSON}, [{"login": "a", "boss": {"login": "b"}}])
    neutral = {"site": "http://here/unset", "since": "2026-01-02T03:04:05Z", "roles": []}
    assert filled == [{"login": "a", **neutral, "boss": {"login": "b", **neutral, "boss": None}}]


def test_what_is_there_is_never_changed() -> None:
    person = {"login": 7, "site": None, "since": "", "boss": None, "roles": ["x"], "more": [1]}
    assert Skeletons(SCHEMAS, "http://here", "now").fill(PERSON, person) == person


def test_trimming_keeps_what_constrains_and_turns_nullable_into_a_type() -> None:
    name = {"type": "string", "nullable": True, "description": "noise", "maxLength": 9}
    schema = {"type": "object", "required": ["description"], "properties": {"description": name}}
    post = {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/event"}}}}}
    names = load_names()
    document = {
        "info": {"title": "t", "version": "1"},
        "webhooks": {webhook: {"post": post} for webhook in names},
        "components": {"schemas": {"event": schema, "unused": {}}},
    }
    kept = trimmed_webhooks(document)["components"]["schemas"]
    trimmed = {"type": ["string", "null"], "maxLength": 9}
    assert kept == {"event": {"type": "object", "required": ["description"], "properties": {"description": trimmed}}}


def load_names() -> list[str]:
    packed = (ROOT / "fixtures/github/webhooks.json.gz").read_bytes()
    return list(json.loads(gzip.decompress(packed))["webhooks"])


def test_githubs_own_examples_are_at_hand_and_the_validator_tells_old_from_new() -> None:
    packed = (ROOT / "fixtures/webhooks/octokit-examples.json.gz").read_bytes()
    examples = json.loads(gzip.decompress(packed))
    assert {event: len(found) for event, found in examples.items()} == {
        "installation": 7,
        "issue_comment": 9,
        "pull_request": 29,
        "push": 7,
    }
    strict = Strict(load_api(), load_webhooks())
    opened = [payload for payload in examples["pull_request"] if payload["action"] == "opened"]
    assert [strict.webhook("pull_request", "opened", payload) == [] for payload in opened].count(True) == 3


WITHOUT_DEVELOPMENT_TOOLS = """
import sys, urllib.request
from pathlib import Path
for name in ("jsonschema_rs", "httpx", "github", "requests", "pytest"):
    sys.modules[name] = None
from fixtures.github import GitHubDouble
with GitHubDouble(Path(sys.argv[1])) as double:
    double.add_repository("acme/shop", files={"a.py": b"A = 1"}, private=False)
    double.push("acme/shop", "feature", {"a.py": b"A = 2"})
    double.open_pull("acme/shop", head="feature")
    with urllib.request.urlopen(double.url + "/repos/acme/shop/pulls/1") as answer:
        print(answer.status)
"""


def test_the_double_runs_on_the_services_own_requirements(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_DEVELOPMENT_TOOLS, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout.strip(), done.stderr) == ("200", "")
