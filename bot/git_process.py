"""One `git` process, locked down: nothing inherited, settings by environment, a time limit, a limit on disk growth.

Settings go through `GIT_CONFIG_KEY_n` / `GIT_CONFIG_VALUE_n`, so a token is in no argument list, where every user of
the machine could read it. The whole process group dies at the time limit: git alone would leave its transport behind.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_ALWAYS: Mapping[str, str] = {"core.hooksPath": os.devnull, "gc.auto": "0"}
_LOOK_EVERY = 0.5  # seconds between looks at the clock and at the disk while git runs
_LONGEST_SAYING = 300  # characters of git's stderr that reach a message


class GitFailure(Exception):
    """git ended with an error; the message is what it wrote to stderr, cut short."""


class GitTimeout(GitFailure):
    """git, or the wait for the mirror's lock, took longer than allowed."""


class GitOverflow(GitFailure):
    """git wrote more to disk than allowed."""


@dataclass(frozen=True, slots=True)
class GitProcess:
    """How git is started for the repository at `directory`, with these settings and this environment and no other."""

    directory: Path
    config: Mapping[str, str] = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)

    def run(
        self,
        arguments: Sequence[str],
        *,
        given: bytes = b"",
        seconds: float,
        growth: int | None = None,
        keep_open: int | None = None,
    ) -> bytes:
        """Standard output. `growth`: bytes the repository may grow by; `keep_open`: a file descriptor git inherits.

        Raises GitTimeout, GitOverflow, GitFailure.
        """
        process = subprocess.Popen(  # noqa: S603 - a fixed program; every argument is ours or a checked commit id
            [_program(), f"--git-dir={self.directory}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment(),
            start_new_session=True,
            pass_fds=() if keep_open is None else (keep_open,),
        )
        try:
            output, said = self._watch(process, given, seconds, growth)
        except BaseException:
            _kill(process)
            raise
        if process.returncode:
            raise GitFailure(said.decode(errors="replace").strip()[-_LONGEST_SAYING:])
        return output

    def _watch(
        self, process: subprocess.Popen[bytes], given: bytes, seconds: float, growth: int | None
    ) -> tuple[bytes, bytes]:
        """Talk to git to its end; raises GitTimeout or GitOverflow when it oversteps."""
        deadline = time.monotonic() + seconds
        most = None if growth is None else _bytes_in(self.directory) + growth
        spoken: tuple[bytes, bytes] | None = None
        to_send: bytes | None = given
        while spoken is None:
            try:
                spoken = process.communicate(to_send, timeout=min(_LOOK_EVERY, max(deadline - time.monotonic(), 0.01)))
            except subprocess.TimeoutExpired:
                to_send = None  # communicate() has it already and takes it only once
                if time.monotonic() > deadline:
                    raise GitTimeout(f"git was stopped after {seconds:g} seconds") from None
            if most is not None and _bytes_in(self.directory) > most:
                raise GitOverflow(f"more than {growth} bytes came")
        return spoken

    def _environment(self) -> dict[str, str]:
        config = {**self.config, **_ALWAYS}
        settings: dict[str, str] = {"GIT_CONFIG_COUNT": str(len(config))}
        for number, (key, value) in enumerate(config.items()):
            settings |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return {
            "PATH": f"{Path(_program()).parent}{os.pathsep}{os.defpath}",
            "LC_ALL": "C",  # our readings of stderr are of the English text
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            **self.environment,
            **settings,
        }


@contextlib.contextmanager
def exclusive(lock: Path, seconds: float) -> Iterator[int]:
    """Hold a lock file against all threads and processes; yields its descriptor. Raises GitTimeout.

    A git that inherits the descriptor keeps the lock, so a killed worker's fetch and its successor's never overlap.
    """
    deadline = time.monotonic() + seconds
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while not _locked(descriptor):
            if time.monotonic() > deadline:
                raise GitTimeout(f"another fetch held the mirror for {seconds:g} seconds")
            time.sleep(0.02)
        yield descriptor
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _program() -> str:
    return shutil.which("git") or "/usr/bin/git"


def _bytes_in(directory: Path) -> int:
    """Bytes of the packs, finished and unfinished."""
    total = 0
    for pattern in ("objects/pack/*", "objects/tmp_*", "objects/??/*"):
        for file in directory.glob(pattern):
            with contextlib.suppress(FileNotFoundError):  # git renames its temporary files
                total += file.stat().st_size
    return total


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()
