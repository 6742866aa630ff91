"""A real bare repository on disk that tests fetch from: any path, any mode, any bytes."""

import hashlib
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REGULAR, EXECUTABLE, SYMLINK, SUBMODULE = "100644", "100755", "120000", "160000"
Content = bytes | tuple[str, bytes]  # bytes of a regular file, or (mode, bytes)


@dataclass(frozen=True, slots=True)
class Origin:
    """A bare repository that serves partial clones, as GitHub's do."""

    path: Path

    @classmethod
    def create(cls, path: Path) -> "Origin":
        """An empty one."""
        path.mkdir(parents=True)
        origin = cls(path)
        origin.git("init", "--quiet", "--bare", "--initial-branch=main")
        for name in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
            origin.git("config", name, "true")
        return origin

    @property
    def url(self) -> str:
        """Where a mirror fetches it."""
        return f"file://{self.path}"

    def git(self, *arguments: str, given: bytes = b"") -> bytes:
        """One git command, away from the configuration of this machine."""
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
        done = subprocess.run(
            ["git", f"--git-dir={self.path}", *arguments], input=given, capture_output=True, env=alone, check=True
        )
        return done.stdout

    def commit(self, files: Mapping[str | bytes, Content], branch: str = "main", message: str = "A commit") -> str:
        """A commit on the branch that holds exactly these files; returns its sha."""
        stream = [
            f"commit refs/heads/{branch}\nmark :1\ncommitter A Person <a@example.com> 1700000000 +0000\n".encode()
        ]
        stream += [f"data {len(message)}\n{message}\ndeleteall\n".encode()]
        for path, content in files.items():
            mode, data = (REGULAR, content) if isinstance(content, bytes) else content
            name = b'"' + _escaped(path if isinstance(path, bytes) else path.encode()) + b'"'
            if mode == SUBMODULE:
                stream += [b"M 160000 " + data + b" " + name + b"\n"]
            else:
                stream += [f"M {mode} inline ".encode() + name + b"\n", f"data {len(data)}\n".encode() + data + b"\n"]
        return (
            self.git("fast-import", "--quiet", "--force", given=b"".join([*stream, b"get-mark :1\n"])).decode().strip()
        )


def blob_sha(content: bytes) -> str:
    """The id git gives these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _escaped(path: bytes) -> bytes:
    return path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
