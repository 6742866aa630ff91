"""The README is true: its commands run, its diff is what `tenon fix` prints, its targets exist."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import COMMANDS
from fixtures.apps import load
from tests.bot.terminal import tenon

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = dict(re.findall(r"^([a-z-]+):.*## (.*)$", MAKEFILE, re.MULTILINE))


def console_commands(page: str) -> list[str]:
    """Every line behind a `$` in the console blocks of a page."""
    blocks = re.findall(r"^```console\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("command", [each for each in console_commands(README) if each.startswith(".venv/bin/tenon ")])
def test_a_command_of_the_readme_runs(command: str) -> None:
    done = run(sys.executable, "-m", "bot", *shlex.split(command)[1:])
    assert done.returncode == (1 if " scan " in command else 0), done.stderr
    assert done.stdout


@pytest.mark.parametrize("command", [each for each in console_commands(README) if each.startswith("make ")])
def test_a_target_of_the_readme_is_one(command: str) -> None:
    assert command.split()[1] in TARGETS


def test_the_readme_has_no_other_commands() -> None:
    assert all(command.startswith(("make ", ".venv/bin/tenon ")) for command in console_commands(README))


@pytest.mark.slow
def test_make_demo_tells_the_whole_story() -> None:
    """What `make demo` runs once everything is installed; `make test` is this run itself."""
    assert re.search(r"^demo:.*\n\t@\$\(BIN\)/tenon demo \$\(ARGS\)$", MAKEFILE, re.MULTILINE)
    done = run(sys.executable, "-m", "bot", "demo")
    assert done.returncode == 0, done.stderr
    for words in ("Check run", "Follow-up pull request #2", "Who may call what", "How it was checked", "diff --git"):
        assert words in done.stdout
    assert "» done in" in done.stderr


def test_the_diff_of_the_readme_is_what_fix_prints(tmp_path: Path) -> None:
    for path, content in load("fastapi_shop").items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    real = tenon("fix", tmp_path, "--no-cache").out
    masked = re.sub(r'(STRIPE_API_KEY = "sk_live_)[^"]+', r"\1…", real).splitlines()
    (shown,) = re.findall(r"```diff\n(.*?)```", README, re.DOTALL)
    assert shown.splitlines()
    assert [line for line in shown.splitlines() if line not in masked] == []


def test_every_command_that_the_readme_names_exists() -> None:
    assert set(re.findall(r"`tenon (\w+)", README)) <= set(COMMANDS)


def test_the_first_screen_has_what_a_stranger_looks_for() -> None:
    first = README.splitlines()[:50]
    assert next(line for line in first if line and not line.startswith("#")).startswith("Tenon is ")
    assert "```diff" in first
    assert [line for line in first if line.startswith("$ make")][:2] == ["$ make demo", "$ make test"]
    assert "| I want to … | open … |" in first


def test_make_help_lists_every_target() -> None:
    done = run("make", "help")
    assert done.returncode == 0
    listed = dict(re.findall(r"^  make ([a-z-]+) +(.*)$", done.stdout, re.MULTILINE))
    assert listed == TARGETS
    assert {"setup", "demo", "test", "lint", "fix", "bench", "serve"} <= set(listed)


def test_the_check_of_every_change_runs_lint_and_test() -> None:
    assert "make --jobs=2 lint test" in (ROOT / ".ci" / "run").read_text()
