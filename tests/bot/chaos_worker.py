"""A worker process that tests kill: its runner writes to files instead of GitHub, and takes its time.

Every stage appends a line to `effects.jsonl` (so repeats can be counted); `publish` ensures one line in `created.jsonl`
for each follow-up pull request, check run and comment. A line is both the thing and the note of it, written at once: a
process that is killed leaves either both or neither. While a file `hold` exists, `publish` stays behind its first.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from bot.config import load
from bot.jobs import JobRequest, JobResult, JobState
from bot.service import Parts, serve, work

KINDS = ("follow-up", "check", "comment")


class FileRunner:
    """A complete `bot.jobs.Runner` whose forge is a directory."""

    def __init__(self, directory: Path, stage_seconds: float) -> None:
        self._directory = directory
        self._seconds = stage_seconds

    def begin(self, request: JobRequest) -> None:
        """A check run in progress."""
        self._note("begin", request)

    def analyse(self, request: JobRequest) -> dict[str, Any]:
        """Slow, so that there is a middle to be killed in."""
        self._note("analyse", request)
        time.sleep(self._seconds)
        return {"findings": 1}

    def publish(self, request: JobRequest, digest: dict[str, Any]) -> JobResult:
        """One of each kind, however often it is asked."""
        assert digest == {"findings": 1}
        self._note("publish", request)
        for kind in KINDS:
            self._ensure(f"{kind}-{request.repository_id}-{request.pull_number}")
            time.sleep(self._seconds / 3)
            self._wait_while_held()
        self._note("published", request)
        return JobResult(JobState.DONE, "published")

    def fail(self, request: JobRequest, sentence: str) -> None:
        """A neutral check run."""
        self._note("fail", request, sentence=sentence)

    def _ensure(self, name: str) -> None:
        created = self._directory / "created.jsonl"
        line = {"name": name}
        if json.dumps(line) not in (created.read_text().splitlines() if created.exists() else []):
            _append(created, line)

    def _wait_while_held(self) -> None:
        while (self._directory / "hold").exists():
            time.sleep(0.02)

    def _note(self, stage: str, request: JobRequest, **more: str) -> None:
        line = {"stage": stage, "job": request.job_id, "pull": request.pull_number, "at": time.time(), **more}
        _append(self._directory / "effects.jsonl", {**line, "process": os.getpid()})


def _append(path: Path, line: dict[str, Any]) -> None:
    descriptor = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    os.write(descriptor, (json.dumps(line) + "\n").encode())
    os.close(descriptor)


def main(mode: str, directory: str, seconds: str) -> int:
    """`work DIR SECONDS` or `serve DIR SECONDS`; settings come from the environment."""

    def runner() -> FileRunner:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        return FileRunner(Path(directory), float(seconds))

    if mode == "work":
        return work(load(), runner)
    parts = Parts(runner_factory=runner, is_known=lambda _id: True)
    return serve(load(), parts, lambda url: Path(directory, "url").write_text(url) and None)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
