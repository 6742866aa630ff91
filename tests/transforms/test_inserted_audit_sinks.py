"""Where the lines of `controls.audit` go, how long they are kept, and that a failing target never breaks a request."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from tests.transforms.audit_lines import Lines, collect_lines, fresh_audit_logger
from tests.transforms.controls_package import controls_of, write_controls


@pytest.fixture(autouse=True)
def as_at_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AUDIT_FILE", "AUDIT_RETENTION_DAYS"):
        monkeypatch.delenv(name, raising=False)
    with fresh_audit_logger():
        yield


@pytest.fixture
def lines() -> Lines:
    return collect_lines()


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[ModuleType]:
    with controls_of(tmp_path, "audit") as controls:
        yield controls.audit


# --- where lines go


def test_lines_go_to_stdout_unless_configured(audit: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    audit.record_event("order.delete")
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["action"] == "order.delete"


def test_a_handler_of_the_app_takes_the_place_of_stdout(
    audit: ModuleType, lines: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    audit.record_event("order.delete")
    assert (capsys.readouterr().out, len(lines.texts)) == ("", 1)


def test_a_console_of_the_root_logger_does_not_print_the_line_again(
    audit: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    console = logging.StreamHandler(sys.stdout)
    logging.getLogger().addHandler(console)
    try:
        audit.record_event("order.delete")
    finally:
        logging.getLogger().removeHandler(console)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_logging_configuration_does_not_switch_the_trail_off(
    audit: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    audit.record_event("order.create")
    logging.getLogger("audit").disabled = True  # what dictConfig() does to loggers that it does not name
    audit.record_event("order.delete")
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_file_gets_the_lines_as_well(
    audit: ModuleType, lines: Lines, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AUDIT_FILE", str(tmp_path / "audit.log"))
    monkeypatch.setenv("AUDIT_RETENTION_DAYS", "90")
    audit.record_event("order.create")
    audit.record_event("order.delete")
    assert (tmp_path / "audit.log").read_text(encoding="utf-8").splitlines() == lines.texts
    assert lines.events[0]["header"]["retention_days"] == 90


@pytest.mark.parametrize("days", ["", "0", "-1", "soon"])
def test_without_a_sensible_retention_none_is_claimed(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, days: str
) -> None:
    monkeypatch.setenv("AUDIT_RETENTION_DAYS", days)
    assert audit.retention_days() is None


def aged(path: Path, days: float, text: str = "{}\n") -> Path:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time.time() - days * 86400,) * 2)
    return path


def day(days_ago: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() - days_ago * 86400))


def test_a_new_day_starts_a_new_file_and_old_ones_expire(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = aged(tmp_path / "audit.log", 1, "yesterday\n")
    kept, expired = aged(tmp_path / f"audit.log.{day(29)}", 29), aged(tmp_path / f"audit.log.{day(32)}", 32)
    bystander = aged(tmp_path / f"other.log.{day(99)}", 99)
    monkeypatch.setenv("AUDIT_FILE", str(file))
    monkeypatch.setenv("AUDIT_RETENTION_DAYS", "30")
    audit.record_event("order.delete")
    assert (tmp_path / f"audit.log.{day(1)}").read_text(encoding="utf-8") == "yesterday\n"
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1
    assert (kept.exists(), expired.exists(), bystander.exists()) == (True, False, True)


def test_without_retention_nothing_is_deleted(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, old = aged(tmp_path / "audit.log", 1), aged(tmp_path / "audit.log.2001-01-01", 9000)
    monkeypatch.setenv("AUDIT_FILE", str(file))
    audit.record_event("order.delete")
    assert old.exists()


def test_several_processes_share_one_file_over_midnight(tmp_path: Path) -> None:
    """Each of four processes writes 50 lines into a file of yesterday: no line is lost, also not yesterday's."""
    package = write_controls(tmp_path, "audit")
    file = aged(tmp_path / "audit.log", 1, "yesterday\n")
    program = "from controls.audit import record_event\nfor n in range(50): record_event('order.delete', resource_id=n)"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=package.parent,
            env=os.environ | {"AUDIT_FILE": str(file)},
            stdout=subprocess.DEVNULL,
        )
        for _ in range(4)
    ]
    assert [process.wait(180) for process in running] == [0, 0, 0, 0]
    written = [path.read_text(encoding="utf-8") for path in tmp_path.glob("audit.log*")]
    assert sum(text.count("order.delete") for text in written) == 200
    assert sum(text.count("yesterday") for text in written) == 1


# --- never breaks the request


class Broken(logging.Handler):
    """A log target that fails."""

    def emit(self, record: logging.LogRecord) -> None:
        raise OSError("disk full")


def test_a_log_target_that_fails_does_not_break_the_request(audit: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    app = FastAPI(dependencies=[Depends(audit.audited())])
    app.add_api_route("/orders", lambda: "made", methods=["POST"])
    logging.getLogger("audit").addHandler(Broken())
    monkeypatch.setenv("AUDIT_FILE", "/nowhere/audit.log")
    assert TestClient(app).post("/orders").json() == "made"


def test_a_file_that_cannot_be_written_still_leaves_the_line_on_the_logger(
    audit: ModuleType, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_FILE", "/nowhere/audit.log")
    audit.record_event("order.delete")
    assert lines.outcomes == [("order.delete", "success")]


class Hostile:
    """An object that cannot be turned into text."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


def test_an_object_that_cannot_be_written_does_not_raise(audit: ModuleType, lines: Lines) -> None:
    audit.record_event("order.delete", details={"what": Hostile()}, resource_id=Hostile())
    assert lines.texts == []


def test_the_trail_works_without_a_sign_in_module(tmp_path: Path, lines: Lines) -> None:
    with controls_of(tmp_path, "audit") as controls:
        app = FastAPI()

        @app.post("/orders")
        def create(line: Annotated[None, Depends(controls.audit.audited("order.create"))]) -> str:
            return "made"

        TestClient(app).post("/orders")
    assert lines.outcomes == [("order.create", "success")]
