"""The worker beside the web process: restarted when it dies, stopped in order, never left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.companion import Companion
from tests.bot.patience import until

CHILD = """
import os, sys, threading
from bot.companion import heel
done = threading.Event()
heel(done.set)
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()} {os.environ['TENON_LEASH']}\\n")
done.wait()
with open(sys.argv[1], "a") as file:
    file.write("stopped in order\\n")
"""
PARENT = """
import signal, sys
from bot.companion import Companion
companion = Companion((sys.executable, "-c", sys.argv[1], sys.argv[2]))
companion.start()
signal.pause()
"""


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return tmp_path / "told"


def companion(told: Path) -> Companion:
    return Companion((sys.executable, "-c", CHILD, str(told)))


def test_it_starts_on_a_leash_and_stops_in_order(told: Path) -> None:
    beside = companion(told)
    beside.start()
    until(lambda: len(lines(told)) == 1, "started")
    assert beside.is_alive()
    beside.stop(grace=30.0)
    assert not beside.is_alive()
    assert [line.split()[-1] for line in lines(told)] == ["stdin", "order"]


def test_one_that_died_is_started_again(told: Path) -> None:
    beside = companion(told)
    beside.start()
    until(lambda: len(lines(told)) == 1, "started")
    os.kill(int(lines(told)[0].split()[0]), signal.SIGKILL)
    until(lambda: len(lines(told)) == 2, "started again")
    beside.stop(grace=30.0)
    assert lines(told)[-1] == "stopped in order"


def test_one_that_does_not_stop_is_ended_after_its_grace() -> None:
    beside = Companion((sys.executable, "-c", "import time; time.sleep(600)"))
    beside.start()
    beside.stop(grace=0.1)
    assert not beside.is_alive()


def test_when_the_parent_is_killed_the_companion_follows(told: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, CHILD, str(told)])
    until(lambda: len(lines(told)) == 1, "started")
    parent.kill()
    parent.wait()
    until(lambda: lines(told)[-1] == "stopped in order", "the child noticed")


def test_stopping_what_never_started_is_nothing() -> None:
    Companion(("true",)).stop(grace=0.1)
