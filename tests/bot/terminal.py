"""The `tenon` command as a person at a terminal meets it, run in the test's own process."""

import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from bot.__main__ import main


@dataclass(frozen=True, slots=True)
class Said:
    """What one run came to."""

    status: int
    out: str
    err: str


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def tenon(*arguments: str | Path, out: io.StringIO | None = None, err: io.StringIO | None = None) -> Said:
    """Run the command; its output is kept apart from its progress."""
    output, errors = out or io.StringIO(), err or io.StringIO()
    with redirect_stdout(output), redirect_stderr(errors):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as ended:  # argparse, on bad usage
            status = int(ended.code or 0)
    return Said(status, output.getvalue(), errors.getvalue())
