"""`tenon demo`: the whole job on one machine, told with progress; with --keep it can be looked at."""

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.bot.patience import DEADLINE, until
from transforms.gates import GATES

GENERATED = re.compile(r'^-(?:STRIPE_API_KEY|OPENAI_API_KEY|DB_PASSWORD) = "(.+)"$', re.MULTILINE)


def fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


@pytest.mark.slow
def test_the_story_is_told_in_full_and_both_servers_can_be_kept(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as out, (tmp_path / "err").open("w") as err:
        process = subprocess.Popen([sys.executable, "-m", "bot", "demo", "--keep"], stdout=out, stderr=err)
    try:
        told = tmp_path / "out"
        until(lambda: "Ctrl-C ends both." in told.read_text() or process.poll() is not None, "the demo is told")
        text = told.read_text()
        assert_the_story_is_complete(text)
        assert_it_can_be_looked_at(text, tmp_path)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=DEADLINE) == 0
    finally:
        process.kill()
        process.wait()


def assert_the_story_is_complete(text: str) -> None:
    """Findings, routes before and after, number, body and diff of the follow-up, every gate, where to look next."""
    for words in ("missing control(s)", "anyone → **signed in**", "Follow-up pull request #2", "Where to look next"):
        assert words in text
    for gate in GATES:
        assert f"`{gate.id}`" in text
    before_the_diff, _, diff = text.partition("diff --git")
    values = GENERATED.findall(diff)
    assert len(values) == 3
    assert not [value for value in values if value in before_the_diff]


def assert_it_can_be_looked_at(text: str, folder: Path) -> None:
    """The addresses that were printed answer, and git can clone."""
    assert "alive" in fetched(re.findall(r"(http://\S+/healthz)", text)[0])
    assert "tenon_webhook_deliveries_total" in fetched(re.findall(r"(http://\S+/metrics)", text)[0])
    first, second = (fetched(url) for url in re.findall(r"(http://\S+/pull/\d+)", text)[-2:])
    assert "Build the shop" in first
    assert "tenon/pr-1" in second
    (clone,) = re.findall(r"git clone (\S+)", text)
    subprocess.run(["git", "clone", "-q", "-b", "tenon/pr-1", clone, folder / "clone"], check=True)
    assert (folder / "clone" / "shop" / "controls" / "auth.py").exists()
