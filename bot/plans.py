"""Plans on their way from analysis to publishing: files of this host, never rows of a database.

A plan holds whole patched files, and a file may hold a secret that no patch removes. So a plan stays beside the git
mirrors, which hold the same; a host that adopts a job without its plan makes the plan again.
"""

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Plans:
    """Plans by their digest, in one folder."""

    folder: Path

    def put(self, digest: str, data: bytes) -> None:
        """Keep a plan, readable by this user alone; whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=self.folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(self.folder / digest)

    def get(self, digest: str) -> bytes | None:
        """The plan, or None where this host does not have it."""
        try:
            return (self.folder / digest).read_bytes()
        except FileNotFoundError:
            return None

    def forget(self, digest: str) -> None:
        """Drop a plan that was published."""
        with contextlib.suppress(FileNotFoundError):
            (self.folder / digest).unlink()
