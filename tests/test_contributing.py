"""The walk of CONTRIBUTING.md is walked: its control passes the harness, its commands run."""

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_readme import TARGETS, console_commands
from tests.transforms import harness
from transforms.api import Control
from transforms.controls import controls

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
(NAME,) = re.findall(r"Write `transforms/controls/(\w+)\.py`", PAGE)
(CODE,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def walked(tmp_path: Path) -> Iterator[Control]:
    """The control of the walk, as if its file stood in the folder."""
    path, name = tmp_path / f"{NAME}.py", f"transforms.controls.{NAME}"
    path.write_text(CODE)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    yield module.control
    del sys.modules[name]


def test_the_control_of_the_walk_is_complete_and_keeps_its_word(walked: Control) -> None:
    harness.check_metadata(walked, NAME)
    assert len(walked.examples) > 4
    for example in walked.examples:
        harness.check(walked, example)


def test_the_control_of_the_walk_is_not_in_the_folder_already() -> None:
    assert NAME.replace("_", "-") not in {control.id for control in controls()}


def test_the_file_of_the_walk_passes_the_linter(tmp_path: Path) -> None:
    folder = tmp_path / "transforms" / "controls"
    folder.mkdir(parents=True)
    (folder / f"{NAME}.py").write_text(CODE)
    for verb in (["check"], ["format", "--check"]):
        command = [
            Path(sys.executable).with_name("ruff"),
            *verb,
            "--config",
            ROOT / "pyproject.toml",
            "--no-cache",
            folder,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_every_path_that_the_page_names_is_there() -> None:
    missing = [
        name
        for name in re.findall(r"`((?:bot|transforms|tests|fixtures|prompts|docs)/[\w/.]*)`", PAGE)
        if not (ROOT / name).exists() and NAME not in name
    ]
    assert missing == []


@pytest.mark.parametrize(
    "command", [each for each in console_commands(PAGE) if NAME.replace("_", "-")[:11] not in each]
)
def test_a_command_of_the_page_runs(command: str) -> None:
    """Targets are looked up, tests are collected and not run: this run is among them."""
    program, *arguments = shlex.split(command)
    if program == "make":
        assert set(arguments) <= set(TARGETS)
        return
    if "pytest" in arguments:
        arguments.append("--collect-only")
    replaced = [sys.executable, "-m", "bot"] if program.endswith("tenon") else [sys.executable]
    done = subprocess.run([*replaced, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if "scan" in arguments else 0), done.stderr


@pytest.mark.parametrize("module", re.findall(r"python -m (fixtures\.[\w.]+) --help", PAGE))
def test_what_makes_recorded_things_anew_can_be_started(module: str) -> None:
    done = subprocess.run([sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0
