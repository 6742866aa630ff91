"""A bare, blobless git mirror of one repository: what a snapshot reads from. There is never a work tree.

Everything in the mirror is hostile, so git runs locked down: no configuration but ours, no hooks, no prompt, no
redirect, one protocol, a time limit, a limit on how much a fetch may write. The token travels in an environment
variable that only git sees: it is in no argument list, no file, no message.

Missing blobs are never fetched one by one (git's own way, a process and a request each): local commands know of no
remote at all, and `fetch_blobs` asks for all of them at once.
"""

import re
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import ForgeUnavailable, NotAllowed, NotFound, SnapshotError
from bot.git_process import GitFailure, GitOverflow, GitProcess, GitTimeout, exclusive

MIB = 1024 * 1024
HISTORY_BYTES = 128 * MIB  # what the commits and trees of a history may take
NO_BLOB = "0" * 40
LineRange = tuple[int, int]
_SHA = re.compile(r"[0-9a-f]{40}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_REFUSED = re.compile(
    r"Authentication failed|could not read (Username|Password)|error: 40[13]|Repository not found", re.I
)
_UNSEEN = re.compile(r"Repository not found|error: 404|repository '.*' not found", re.I)
_UNKNOWN = re.compile(r"not our ref|could(n't| not) find remote ref|no such remote ref|bad object", re.I)


@dataclass(frozen=True, slots=True)
class MirrorSettings:
    """How git is run. `environment`: what the operator passes on to git (proxy, CA bundle); nothing is inherited."""

    fetch_seconds: float = 120.0
    local_seconds: float = 60.0
    fetch_bytes: int = 512 * MIB  # one fetch may write so much to disk
    environment: Mapping[str, str] = field(default_factory=dict)
    allow_file_urls: bool = False  # tests alone fetch from a path


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One entry of a commit's tree. `path` is as git holds it: bytes, of any kind."""

    path: bytes
    mode: str  # 100644, 100755, 120000 (symlink), 160000 (submodule)
    sha: str


@dataclass(frozen=True, slots=True)
class Change:
    """One path that differs between two trees. `old_sha` is all zeros where there was no regular file before."""

    path: bytes
    old_sha: str
    new_sha: str


@dataclass(frozen=True, slots=True)
class Mirror:
    """The mirror at `path` of the repository at `url`. `authorization` is a header value, asked for at each fetch."""

    path: Path
    url: str
    authorization: Callable[[], str | None] = field(default=lambda: None, repr=False)
    settings: MirrorSettings = field(default_factory=MirrorSettings)

    def fetch(self, *shas: str) -> None:
        """Get commits and their trees without blobs; those that are here already cost nothing.

        Raises SnapshotError (unknown commit, too much), NotAllowed (token refused), NotFound (no such repository),
        ForgeUnavailable (network, time limit).
        """
        for sha in shas:
            _require_sha(sha)
        if missing := self._missing(shas):
            self._fetch(missing, "--depth=1")

    def fetch_blobs(self, shas: Collection[str]) -> None:
        """Get the blobs that are not here yet, all in one request. Raises as `fetch` does."""
        if missing := self._missing(shas):
            self._fetch(missing)

    def fetch_history(self, sha: str, most: int, seconds: float) -> None:
        """Get up to so many commits before one, and their trees without blobs; nothing where they were got before.

        Raises as `fetch` does: what takes longer or is larger than a history may be is left.
        """
        _require_sha(sha)
        if not self._is_cut_at(sha):
            return
        least = min(self.settings.fetch_bytes, HISTORY_BYTES)
        brief = replace(self.settings, fetch_seconds=min(seconds, self.settings.fetch_seconds), fetch_bytes=least)
        replace(self, settings=brief)._fetch([sha], f"--depth={most}")

    def _is_cut_at(self, sha: str) -> bool:
        """Whether a commit is here without those before it."""
        cut = self.path / "shallow"
        return cut.is_file() and sha in cut.read_text(encoding="ascii").split()

    def tree(self, sha: str) -> Iterator[TreeEntry]:
        """All files of a commit, folders walked, in git's order."""
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", sha)
        for line in listed.split(b"\0")[:-1]:
            details, path = line.split(b"\t", 1)
            mode, _, blob = details.decode().split(" ")
            yield TreeEntry(path, mode, blob)

    def changes(self, base_sha: str, head_sha: str) -> tuple[Change, ...]:
        """The paths that differ, by their names alone (a renamed file is one gone and one new)."""
        raw = self._run("diff-tree", "-r", "-z", "--raw", "--no-renames", "--full-index", base_sha, head_sha)
        parts = raw.split(b"\0")[:-1]
        return tuple(_change(meta, path) for meta, path in zip(parts[::2], parts[1::2], strict=True))

    def changed_lines(self, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], tuple[LineRange, ...]]:
        """Line ranges (from 1, both ends included) that are new in the second blob of each pair.

        Both blobs must be here. Where lines were only taken away, the range is the two lines around the gap.
        """
        ordered = list(dict.fromkeys(pairs))
        if not ordered:
            return {}
        old, new = (self._numbered_tree([pair[side] for pair in ordered]) for side in (0, 1))
        diff = self._run("diff-tree", "-r", "-p", "--unified=0", "--no-renames", *_PLAIN_DIFF, old, new)
        ranges = _ranges(diff)
        return {pair: ranges.get(number, ()) for number, pair in enumerate(ordered)}

    def _numbered_tree(self, shas: Sequence[str]) -> str:
        """A tree of blobs under numbers: so one diff covers only chosen files, and no hostile name is in its output."""
        lines = (f"100644 blob {sha}\t{number}" for number, sha in enumerate(shas))
        return self._run("mktree", "-z", given="\0".join(lines).encode()).decode().strip()

    def sizes(self, shas: Collection[str]) -> dict[str, int]:
        """Bytes of each blob that is here."""
        checked = self._run("cat-file", "--batch-check", given="".join(f"{sha}\n" for sha in shas).encode())
        fields = (line.split(" ") for line in checked.decode().splitlines())
        return {found[0]: int(found[2]) for found in fields if len(found) == 3}

    def contents(self, shas: Collection[str]) -> dict[str, bytes]:
        """The bytes of blobs; what is missing is fetched first, in one request. Raises as `fetch` does."""
        self.fetch_blobs(shas)
        wanted = dict.fromkeys(shas)
        if not wanted:
            return {}
        return dict(_batch(self._run("cat-file", "--batch", given="".join(f"{sha}\n" for sha in wanted).encode())))

    def content(self, sha: str) -> bytes:
        """The bytes of one blob; raises as `fetch` does."""
        return self.contents([sha])[sha]

    def _missing(self, shas: Collection[str]) -> Sequence[str]:
        wanted = list(dict.fromkeys(sha for sha in shas if sha != NO_BLOB))
        here = self.sizes(wanted) if wanted and self._prepared() else {}
        return [sha for sha in wanted if sha not in here]

    def _prepared(self) -> bool:
        return (self.path / "HEAD").is_file()

    def _fetch(self, shas: Sequence[str], *options: str) -> None:
        protocols = _allowed_protocols(self.url, self.settings)
        authorization = self.authorization()
        arguments = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", *options)
        process = GitProcess(self.path, _fetch_config(self.url, authorization), self._environment(protocols))
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with exclusive(self.path.with_suffix(".lock"), self.settings.fetch_seconds) as lock:
                self._prepare()
                process.run(
                    (*arguments, "--filter=blob:none", "--stdin", "tenon"),
                    given="".join(f"{sha}\n" for sha in shas).encode(),
                    seconds=self.settings.fetch_seconds,
                    growth=self.settings.fetch_bytes,
                    keep_open=lock,
                )
        except GitTimeout as error:
            raise ForgeUnavailable(f"Fetching the commit took too long: {error}.") from None
        except GitOverflow as error:
            raise SnapshotError(f"The commit is too large to be read: {error}.") from None
        except GitFailure as error:
            raise _fetch_error(str(error), authorization) from None

    def _prepare(self) -> None:
        """Make the mirror, and sweep up what a killed git left. The caller holds the lock."""
        if not self._prepared():
            # Made beside its place and moved there whole: readers, who hold no lock, never see half a repository.
            new = replace(self, path=self.path.with_suffix(".new"))
            shutil.rmtree(new.path, ignore_errors=True)
            new._run("init", "--quiet", "--bare", "--template=", "--initial-branch=none")
            new.path.rename(self.path)
        for left in self.path.glob("*.lock"):
            left.unlink(missing_ok=True)

    def _run(self, *arguments: str, given: bytes = b"") -> bytes:
        try:
            process = GitProcess(self.path, {}, self._environment("none"))
            return process.run(arguments, given=given, seconds=self.settings.local_seconds)
        except GitTimeout as error:
            raise SnapshotError(f"Reading the commit took too long: {error}.") from None
        except GitFailure as error:
            raise SnapshotError(f"git could not read the commit: {error}") from None

    def _environment(self, protocols: str) -> dict[str, str]:
        return {**self.settings.environment, "GIT_ALLOW_PROTOCOL": protocols}


_PLAIN_DIFF = ("--no-color", "--no-ext-diff", "--no-textconv", "--text", "--full-index")


def _fetch_config(url: str, authorization: str | None) -> dict[str, str]:
    """Settings of one fetch. The remote exists in these alone, so no local command can ever reach the network."""
    config = {
        "remote.tenon.url": url,
        "remote.tenon.promisor": "true",
        "remote.tenon.partialclonefilter": "blob:none",
        "protocol.version": "2",
        "credential.helper": "",
        "http.followRedirects": "false",  # a token must not follow a redirect to another host
        "http.lowSpeedLimit": "1000",
        "http.lowSpeedTime": "30",
    }
    if authorization:
        config[f"http.{url}.extraHeader"] = f"Authorization: {authorization}"
    return config


def _allowed_protocols(url: str, settings: MirrorSettings) -> str:
    """The value of GIT_ALLOW_PROTOCOL for this URL; raises SnapshotError for one that Tenon does not fetch from."""
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise SnapshotError("The clone URL holds a user name or a password; Tenon sends its own token.")
    if parts.scheme == "https":
        return "https"
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return "http"
    if parts.scheme == "file" and settings.allow_file_urls:
        return "file"
    raise SnapshotError(f"Tenon does not fetch over {parts.scheme or 'a local path'}: the clone URL must be https.")


def _fetch_error(text: str, authorization: str | None) -> Exception:
    if authorization:
        text = text.replace(authorization, "[token]")
    if _REFUSED.search(text):
        return NotAllowed("GitHub refused the token with which the commit was to be fetched.")
    if _UNSEEN.search(text):
        return NotFound("GitHub does not know the repository, or the App's installation may not see it.")
    if _UNKNOWN.search(text):
        return SnapshotError("The commit is not in the repository (any more).")
    return ForgeUnavailable(f"git could not fetch the commit: {text}")


def _require_sha(sha: str) -> None:
    if not _SHA.fullmatch(sha):
        raise SnapshotError(f"{sha[:60]!r} is not a commit id.")


def _change(meta: bytes, path: bytes) -> Change:
    old_mode, _, old, new, _ = meta.decode().removeprefix(":").split(" ")
    return Change(path, old if old_mode.startswith("100") else NO_BLOB, new)


_FILE = re.compile(rb"diff --git a/(\d+) b/\d+")
_HUNK = re.compile(rb"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")


def _ranges(diff: bytes) -> dict[int, tuple[LineRange, ...]]:
    """The new side of each hunk, by file number. Without context lines, no line of a file can look like a head."""
    files: dict[int, list[LineRange]] = {}
    ranges: list[LineRange] = []
    for line in diff.split(b"\n"):
        if head := _FILE.fullmatch(line):
            ranges = files.setdefault(int(head[1]), [])
        elif head := _HUNK.match(line):
            ranges.append(_span(int(head[1]), int(head[2] or b"1")))
    return {number: tuple(spans) for number, spans in files.items()}


def _span(start: int, count: int) -> LineRange:
    return (start, start + count - 1) if count else (max(start, 1), start + 1)


def _batch(output: bytes) -> Iterator[tuple[str, bytes]]:
    """Take apart what `cat-file --batch` writes: `<sha> <type> <size>`, the bytes, a newline."""
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        found = output[at:end].decode().split(" ")
        at = end + 1
        if len(found) != 3:
            continue  # "<sha> missing"
        size = int(found[2])
        yield found[0], output[at : at + size]
        at += size + 1
