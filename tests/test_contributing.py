"""The walk of CONTRIBUTING.md is walked in a copy of the project: its control passes the harness, its commands run."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_readme import TARGETS, console_commands

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
WALK = PAGE.partition("## Add a control")[2].partition("## Where things are")[0]
FOLDERS = ("bot", "fixtures", "prompts", "tests", "transforms")


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """One command of the page, with this Python in place of the one in .venv."""
    here = shlex.quote(sys.executable)
    for program, replaced in ((".venv/bin/tenon ", f"{here} -m bot "), (".venv/bin/python ", f"{here} ")):
        if command.startswith(program):
            command = replaced + command.removeprefix(program)
            break
    return subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project that may be changed."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.slow
def test_the_walk_leads_to_a_control_that_works(checkout: Path) -> None:
    said = {}
    for command in console_commands(WALK):
        if not command.startswith("make "):
            said[command] = run(command, checkout)
            assert said[command].returncode == (1 if " scan " in command else 0), said[command].stdout[-3000:]
    explained = next(done.stdout for command, done in said.items() if " explain " in command)
    assert explained.startswith("no-debug-route\n")
    judged = next(done.stdout for command, done in said.items() if "pytest" in command)
    assert re.search(r"^[4-9] passed", judged, re.MULTILINE)
    assert "no-debug-route" in (checkout / "transforms" / "README.md").read_text().partition("<!-- table: end")[0]
    linted = run(".venv/bin/python -m ruff check transforms/controls/no_debug_route.py", checkout)
    assert linted.returncode == 0, linted.stdout


def test_every_path_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:bot|transforms|tests|fixtures|prompts|docs)/[\w/.]*)`", PAGE)
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_target_that_the_page_names_is_one() -> None:
    commands = [command for command in console_commands(PAGE) if command.startswith("make ")]
    assert {target for command in commands for target in command.split()[1:]} <= set(TARGETS)


@pytest.mark.parametrize("command", console_commands(PAGE.partition("## Run one test")[2]))
def test_how_one_test_is_run_is_right(command: str) -> None:
    done = run(f"{command} --collect-only", ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("module", re.findall(r"python -m (fixtures\.[\w.]+) --help", PAGE))
def test_what_makes_recorded_things_anew_can_be_started(module: str) -> None:
    assert run(f".venv/bin/python -m {module} --help", ROOT).returncode == 0
