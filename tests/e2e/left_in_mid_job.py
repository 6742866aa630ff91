"""A program that runs a service inside of itself, leaves it in the middle of a job, and has something to say after."""

import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import SnapshotError
from bot.jobs import JobRequest, JobResult, Json, Runner
from fixtures.stage import stage


@dataclass
class Stuck:
    """A runner that does not get on with its analysis until it is let go."""

    runner: Runner
    entered: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def begin(self, request: JobRequest) -> None:
        """As always."""
        self.runner.begin(request)

    def analyse(self, request: JobRequest) -> Json:
        """For ever, as far as the service is concerned."""
        self.entered.set()
        self.released.wait()
        raise SnapshotError("let go")

    def publish(self, request: JobRequest, digest: Json) -> JobResult:
        """Never reached."""
        raise AssertionError

    def fail(self, request: JobRequest, sentence: str) -> None:
        """Nobody is there any more to be told."""


def main(folder: Path) -> None:
    """Start, get stuck, leave, and say so."""
    made: list[Stuck] = []

    def wrap(runner: Runner) -> Runner:
        made.append(Stuck(runner))
        return made[-1]

    with stage(folder, settings={"TENON_GRACE_SECONDS": "0"}, wrap=wrap) as started:
        started.repository_with("acme/shop", {"README.md": b"# Shop\n"})
        started.propose("acme/shop", {"app.py": b"x = 1\n"})
        assert made[0].entered.wait(30)
    sys.stdout.write("still here\n")
    made[0].released.set()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
