"""The command line is there at once: what it does not need, it does not import."""

import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

FORBIDDEN = frozenset(
    {
        "langchain",
        "langchain_core",
        "langchain_openai",
        "langgraph",
        "openai",
        "dbos",
        "fastapi",
        "github",
        "sqlalchemy",
    }
)
HEAVY = frozenset({"libcst", "pydantic", "pydantic_settings", "yaml", "asyncio", "ssl", "http"})


def imported(arguments: Sequence[str]) -> set[str]:
    """The top-level packages that one run of `tenon` imports."""
    command = [sys.executable, "-X", "importtime", "-m", "bot", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return {name.partition(".")[0] for name in re.findall(r"^import time:.*\| +([\w.]+)$", done.stderr, re.MULTILINE)}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["scan", "--help"], ["fix", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert not imported(arguments) & (FORBIDDEN | HEAVY)


@pytest.mark.parametrize("command", ["explain", "secrets", "demo", "simulate", "serve", "work"])
def test_the_help_of_every_command_is_there_without_what_the_command_needs(command: str) -> None:
    assert not imported([command, "--help"]) & (FORBIDDEN | {"libcst", "yaml"})


def test_a_scan_imports_no_server_no_forge_and_no_model(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
    packages = imported(["scan", str(tmp_path), "--no-cache"])
    assert "libcst" in packages
    assert not packages & FORBIDDEN


def test_help_costs_little_more_than_starting_python() -> None:
    """A loose limit, as machines differ and are busy; the figures are printed for those who look."""
    bare = fastest([sys.executable, "-c", "pass"])
    shown = fastest([sys.executable, "-m", "bot", "--help"])
    print(f"python {1000 * bare:.0f} ms, tenon --help {1000 * shown:.0f} ms")  # noqa: T201  seen with `pytest -s`
    assert shown < 0.15 or shown < 12 * bare


def fastest(command: Sequence[str]) -> float:
    """Seconds of the fastest of five runs."""
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        seconds.append(time.perf_counter() - begun)
    return min(seconds)
