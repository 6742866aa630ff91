"""A worker process beside the web process: started, restarted when it dies, and never left behind.

Jobs are pure Python for seconds, and two threads of one Python process do not run at the same time: a worker inside the
web's process makes senders wait, one beside it does not. The child holds the reading end of a pipe whose writing end
dies with the web process, so that a web process that is killed takes its companion along.
"""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

LEASH = "TENON_LEASH"  # set for the child: end when standard input ends
LONGEST_PAUSE = 30.0  # seconds between two starts of a child that keeps dying
YIELD = 5  # niceness: a delivery that waits matters more than a job that takes longer


class Companion:
    """Keeps one child process running until `stop`."""

    def __init__(self, command: Sequence[str]) -> None:
        # The child gets this process's environment, untouched but for the leash; `bot.config` reads it there.
        self._command = ("/usr/bin/env", f"{LEASH}=stdin", *command)
        self._starting = threading.Lock()
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="tenon-companion", daemon=True)

    def start(self) -> None:
        """Start the child and watch it."""
        self._spawn()
        self._thread.start()

    def is_alive(self) -> bool:
        """The child runs."""
        return self._child is not None and self._child.poll() is None

    def stop(self, grace: float) -> None:
        """Let the child stop in order; after `grace` seconds, end it."""
        with self._starting:
            self._stopping.set()
            child = self._child
        if child is None:
            return
        if child.stdin:
            child.stdin.close()
        try:
            child.wait(timeout=grace)
        except subprocess.TimeoutExpired:
            child.kill()  # its jobs are durable
            child.wait()

    def _spawn(self) -> None:
        with self._starting:
            if not self._stopping.is_set():
                self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE)  # noqa: S603 - our own command

    def _keep(self) -> None:
        pause = 0.5
        while self._child is not None:
            code = self._child.wait()
            if self._stopping.wait(pause):
                return
            log.error("the worker process ended with %d; starting another", code)
            pause = min(pause * 2, LONGEST_PAUSE)
            self._spawn()


def heel(stop: Callable[[], None]) -> None:
    """In the child: call `stop` once the parent is gone, and give way to the parent while it is there."""
    os.nice(YIELD)

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        stop()

    threading.Thread(target=watch, name="tenon-leash", daemon=True).start()
