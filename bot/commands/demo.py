"""One webhook becomes one verified pull request, on this machine only: no credentials, no network.

Starts the service and a GitHub of its own on loopback, opens a pull request of an AI-generated shop with hardcoded keys
and open routes, and tells what happens. The keys in it are generated anew and belong to nobody.
"""

import argparse
import os
import re
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.jobs import JobRequest, JobResult, Json, Runner
    from fixtures.github.records import Pull
    from fixtures.stage import Stage

REPOSITORY = "acme/corner-shop"
LONGEST_FAREWELL = 15.0  # seconds
_ESCAPE = re.compile(r"\\(?=[^\w\s])|\u200b")


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `tenon demo`."""
    parser.add_argument("--keep", action="store_true", help="leave both servers running and say where")


def run(options: argparse.Namespace) -> int:
    """Tell the story; 0 when a verified follow-up pull request came out of it."""
    begun = time.monotonic()
    say("starting the service and a GitHub of its own on loopback")
    from fixtures.apps import load
    from fixtures.stage import stage

    shop = load("fastapi_shop")
    with (
        tempfile.TemporaryDirectory(prefix="tenon-demo-") as folder,
        stage(Path(folder), wrap=Announcing) as on_stage,
    ):
        begin = {name: shop.pop(name) for name in ("README.md", "CLAUDE.md")}
        on_stage.repository_with(REPOSITORY, begin, private=False)  # so that with --keep anybody may look
        say(f"delivering a signed pull_request.opened for {REPOSITORY} #1: {len(shop)} files by a coding assistant")
        parent = on_stage.propose(REPOSITORY, shop)
        on_stage.settle()
        found = _follow_up(on_stage)
        _tell(on_stage, parent, found)
        say(f"done in {time.monotonic() - begun:.1f} s")
        if options.keep:
            _keep(on_stage)
    return 0 if found is not None else 1


class Announcing:
    """Stands in front of a runner and says what it does, so that nobody wonders."""

    def __init__(self, runner: "Runner") -> None:
        self.runner = runner

    def begin(self, request: "JobRequest") -> None:
        """A check run in progress is shown."""
        say(f"delivery {request.delivery[:8]} was accepted; the check run says that the analysis has begun")
        self.runner.begin(request)

    def analyse(self, request: "JobRequest") -> "Json":
        """Snapshot, facts, verdicts, patches, gates."""
        say("reading the commit by git, judging every control, writing patches, asking every gate")
        return self.runner.analyse(request)

    def publish(self, request: "JobRequest", digest: "Json") -> "JobResult":
        """Branch, pull request, check run, comment."""
        say("publishing: branch, pull request, check run, comment")
        return self.runner.publish(request, digest)

    def fail(self, request: "JobRequest", sentence: str) -> None:
        """The job ended badly."""
        say(f"the job failed: {sentence}")
        self.runner.fail(request, sentence)


def say(text: str) -> None:
    """One line of progress."""
    print(f"» {text}", file=sys.stderr, flush=True)


def _follow_up(on_stage: "Stage") -> "Pull | None":
    return next((pull for pull in on_stage.double.pulls(REPOSITORY) if pull.head_ref.startswith("tenon/")), None)


def _tell(on_stage: "Stage", parent: int, found: "Pull | None") -> None:
    from transforms.gate_secrets import masked

    run = on_stage.double.check_runs(REPOSITORY)[-1]
    _heading(f"Check run {run.name!r} on #{parent}: {run.title} ({run.conclusion})")
    for note in run.annotations:
        print(f"  {note['annotation_level']:<8} {note['path']}:{note['start_line']}  {note['message']}")
    if found is None:
        _heading("No follow-up pull request was opened")
        print(run.summary)
        return
    _heading(f"Follow-up pull request #{found.number}, {found.head_ref} into {found.base_ref}: {found.title}")
    print(_aligned(found.body or ""))
    _heading(f"Its commits and its diff ({found.head_ref})")
    for commit in on_stage.double.log(REPOSITORY, found.head_ref)[: _own_commits(on_stage, found)]:
        print(f"  {commit.sha[:10]}  {commit.message.splitlines()[0]}")
    print()
    print(masked(_shortened(on_stage.double.diff(REPOSITORY, found.base_ref, found.head_ref)), ()))
    _heading("Where to look next")
    print("  make demo ARGS=--keep      leave it running and look at it with a browser and git")
    print("  tenon scan PATH            the same analysis on a folder of yours")
    print("  tenon fix PATH             the same patches as a diff")
    print("  tenon explain CONTROL      what a control asks for, and why")


def _own_commits(on_stage: "Stage", found: "Pull") -> int:
    return len(on_stage.double.log(REPOSITORY, found.head_ref)) - len(on_stage.double.log(REPOSITORY, found.base_ref))


def _shortened(diff: str) -> str:
    """The changed lines whole; of a new file only its name and length, as its text is the same for every app."""
    parts = re.split(r"^(?=diff --git )", diff, flags=re.MULTILINE)
    return "".join(_new_file(part) if "\nnew file mode" in part else part for part in parts)


def _new_file(part: str) -> str:
    path = part.split("\n", 1)[0].rpartition(" b/")[2]
    lines = sum(line.startswith("+") and not line.startswith("+++") for line in part.splitlines())
    return f"new file {path} ({lines} lines; `make demo ARGS=--keep` and git show them)\n"


def _heading(text: str) -> None:
    line = f"\n== {text} ".ljust(100, "=")
    print(f"\x1b[1m{line}\x1b[0m" if sys.stdout.isatty() else line)


def _aligned(markdown: str) -> str:
    """The same text with its tables' columns in line and without escapes, as a terminal has no renderer."""
    lines, block = [], []
    for line in [*_ESCAPE.sub("", markdown).splitlines(), ""]:
        if line.startswith("| "):
            block.append([cell.strip() for cell in line.strip("|").split(" | ")])
            continue
        lines += [_row(cells, block) for cells in block]
        block = []
        lines.append(line)
    return "\n".join(lines)


def _row(cells: list[str], block: list[list[str]]) -> str:
    widths = [min(70, max(len(row[column]) for row in block if column < len(row))) for column in range(len(cells))]
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _keep(on_stage: "Stage") -> None:
    base = f"{on_stage.double.url}/{REPOSITORY}"
    print(f"\nservice   {on_stage.url}/healthz  {on_stage.url}/metrics")
    for pull in on_stage.double.pulls(REPOSITORY):
        print(f"#{pull.number:<8} {base}/pull/{pull.number}")
    print(f"git       git clone {base}.git")
    print("Ctrl-C ends both.", flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        _leave_in_time()


def _leave_in_time() -> None:
    """Both servers end in order, and the demo within seconds, whatever one of them may still wait for."""
    ending = threading.Timer(LONGEST_FAREWELL, os._exit, (0,))
    ending.daemon = True
    ending.start()
