"""A `.env` is a leak where git has it, nothing where git keeps it out, and a small thing where nobody can say."""

import json
from pathlib import Path

import pytest

from bot.tracked import standing
from bot.tree import read_tree
from tests.bot.terminal import tenon
from tests.bot.test_history import Repository
from transforms.secrets import sample

KEY = sample("stripe-key", 3)
ENV = f"STRIPE_API_KEY={KEY}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop")


def findings(folder: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        tenon("scan", folder, "--no-cache", "--all", "--format", "json", "--fail-on", "never").out
    )["verdicts"]
    return [each for each in found if each["verdict"] == "fail"]


def removed(folder: Path) -> list[str]:
    patches = json.loads(tenon("fix", folder, "--no-cache", "--format", "json").out)["patches"]
    return [path for patch in patches for path in patch["removed"]]


def test_one_that_is_committed_leaves_the_repository(repository: Repository) -> None:
    (repository.folder / ".env").write_text(ENV)
    repository.commit()
    assert [each["severity"] for each in findings(repository.folder)] == ["critical"]
    assert removed(repository.folder) == [".env"]


def test_one_that_is_committed_although_it_is_ignored_counts(repository: Repository) -> None:
    (repository.folder / ".env").write_text(ENV)
    repository.commit()
    repository.commit(**{".gitignore": ".env\n"})
    assert removed(repository.folder) == [".env"]


def test_one_that_git_keeps_out_is_passed_over_with_its_reason(repository: Repository) -> None:
    repository.commit(**{".gitignore": ".env*\n"})
    (repository.folder / ".env").write_text(ENV)
    (repository.folder / "api").mkdir()
    (repository.folder / "api" / ".env.local").write_text(ENV)
    tree = read_tree(repository.folder)
    assert {each.path: str(each.reason) for each in tree.skipped} == {
        ".env": "git_ignored",
        "api/.env.local": "git_ignored",
    }
    assert findings(repository.folder) == []
    inside = read_tree(repository.folder / "api")
    assert [each.path for each in inside.skipped] == [".env.local"], "the folder may be a part of the checkout"


def test_one_that_git_neither_has_nor_keeps_out_is_a_small_finding(repository: Repository) -> None:
    repository.commit(readme__md="hello\n")
    (repository.folder / ".env").write_text(ENV)
    (found,) = findings(repository.folder)
    assert found["severity"] == "low"
    assert "git is not known to have this file" in json.dumps(found)
    assert removed(repository.folder) == []


def test_outside_of_git_it_is_there_and_nothing_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(ENV)
    assert [each["severity"] for each in findings(tmp_path)] == ["low"]
    assert removed(tmp_path) == []
    assert standing(tmp_path, [".env"]).uncommitted == {".env"}


def test_a_single_file_is_asked_about_too(repository: Repository) -> None:
    repository.commit(**{".gitignore": ".env\n"})
    (repository.folder / ".env").write_text(ENV)
    assert [each.path for each in read_tree(repository.folder / ".env").skipped] == [".env"]


def test_other_files_are_read_whatever_git_thinks_of_them(repository: Repository) -> None:
    repository.commit(**{".gitignore": "*.py\n"})
    (repository.folder / "app.py").write_text("x = 1\n")
    assert [each.path for each in read_tree(repository.folder).sources] == [".gitignore", "app.py"]


def test_no_program_that_a_repository_names_is_run(repository: Repository, tmp_path: Path) -> None:
    trap, proof = tmp_path / "trap", tmp_path / "ran"
    trap.write_text(f"#!/bin/sh\ntouch {proof}\n")
    trap.chmod(0o700)
    repository.commit(readme__md="hello\n")
    repository.git("config", "core.fsmonitor", str(trap))
    (repository.folder / ".env[1]").write_text("")
    assert standing(repository.folder, [".env", ".env[1]", ":(glob)*"]).ignored == frozenset()
    assert not proof.exists()
