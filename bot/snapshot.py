"""The files of a pull request's head commit that matter to the analysis, by blob sha, within limits.

What is left out is a value, not a silence: each path or vendored folder is in `skipped` with its reason. The files the
pull request changed come first, then those nearest to them, so a bounded snapshot holds what a reviewer would open.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

from bot.mirror import MIB, NO_BLOB, Change, LineRange, Mirror, TreeEntry

VENDORED = frozenset(
    {
        "node_modules",
        "bower_components",
        "jspm_packages",
        ".venv",
        "venv",
        "virtualenv",
        "site-packages",
        "dist-packages",
        "vendor",
        "third_party",
        "__pycache__",
        "__pypackages__",
        ".tox",
        ".nox",
        ".eggs",
        ".bundle",
        ".yarn",
        ".pnpm-store",
    }
)
_BINARY_LOOK = 8000  # bytes; where git too looks for a NUL


class SkipReason(StrEnum):
    """Why a path is not in the snapshot."""

    TOO_LARGE = "too_large"
    BINARY = "binary"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"
    VENDORED = "vendored"
    BAD_NAME = "bad_name"  # not UTF-8, or holds control characters
    OVER_FILE_LIMIT = "over_file_limit"
    OVER_BYTE_LIMIT = "over_byte_limit"


@dataclass(frozen=True, slots=True)
class SnapshotLimits:
    """How much of a repository is read for one pull request."""

    files: int = 2000
    bytes_per_file: int = MIB
    total_bytes: int = 64 * MIB


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """One file of the head commit. `content` is None when the caller said it knows the blob already."""

    path: str
    blob_sha: str
    size: int | None  # bytes; None when the blob was never fetched
    mode: str  # 100644 | 100755
    content: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A path that was left out; a vendored folder is one path that ends in a slash."""

    path: str
    reason: SkipReason


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of one commit. `changed`: path to line ranges (from 1, both ends included) the pull request touched.

    `touched`: every path that it changed, read or not, written as in `skipped`.
    """

    head_sha: str
    files: tuple[SnapshotFile, ...]
    changed: Mapping[str, tuple[LineRange, ...]]
    skipped: tuple[Skipped, ...] = ()
    touched: frozenset[str] = frozenset()

    @property
    def truncated(self) -> bool:
        """Whether a limit, and not the nature of a file, left something out."""
        limits = {SkipReason.OVER_FILE_LIMIT, SkipReason.OVER_BYTE_LIMIT}
        return any(skipped.reason in limits for skipped in self.skipped)

    def left_out(self) -> dict[SkipReason, int]:
        """How many paths each reason left out."""
        return dict(Counter(skipped.reason for skipped in self.skipped))


def python_files(path: str) -> bool:
    """The default choice of files: Python sources."""
    return path.endswith(".py")


def nothing_known(_: Collection[str]) -> AbstractSet[str]:
    """The default cache of facts: empty."""
    return frozenset()


def take_snapshot(
    mirror: Mirror,
    base_sha: str,
    head_sha: str,
    limits: SnapshotLimits,
    wanted: Callable[[str], bool] = python_files,
    known: Callable[[Collection[str]], AbstractSet[str]] = nothing_known,
) -> Snapshot:
    """Fetch and read the files of `head_sha` for which `wanted(path)` holds.

    `known(blob_shas)` names the blobs whose facts are cached: they are listed without content, unless the pull request
    changed them. Raises SnapshotError, NotAllowed, ForgeUnavailable.
    """
    mirror.fetch(base_sha, head_sha)
    candidates, skipped = _sort_out(list(mirror.tree(head_sha)), wanted)
    # Depth 1 leaves both commits without a past, so this compares their trees, not head with its merge base: when the
    # base branch has moved on, files changed there alone count as changed too. Too much is shown, never too little.
    changes = {change.path: change for change in mirror.changes(base_sha, head_sha)}
    candidates.sort(key=_nearness(changes))
    chosen, beyond = candidates[: limits.files], candidates[limits.files :]
    skipped += [Skipped(_text(entry.path), SkipReason.OVER_FILE_LIMIT) for entry in beyond]
    files, more = _read(mirror, chosen, changes, limits, known)
    return Snapshot(
        head_sha=head_sha,
        files=files,
        changed=_changed_lines(mirror, files, changes, limits),
        skipped=tuple(sorted([*skipped, *more], key=lambda left: left.path)),
        touched=frozenset(map(_text, changes)),
    )


def _sort_out(entries: Sequence[TreeEntry], wanted: Callable[[str], bool]) -> tuple[list[TreeEntry], list[Skipped]]:
    """Regular, wanted files; and what was left out by its name or its nature."""
    environments = frozenset(
        entry.path.rpartition(b"/")[0].decode(errors="replace")
        for entry in entries
        if entry.path.endswith(b"/pyvenv.cfg")
    )
    regular, skipped = [], dict[str, SkipReason]()
    for entry in entries:
        path = _text(entry.path)
        if folder := _vendored_folder(path, environments):
            skipped[folder] = SkipReason.VENDORED
        elif entry.mode == "160000":
            skipped[path] = SkipReason.SUBMODULE
        elif not wanted(path):
            continue
        elif entry.mode == "120000":
            skipped[path] = SkipReason.SYMLINK
        elif not _is_plain(entry.path):
            skipped[path] = SkipReason.BAD_NAME
        else:
            regular.append(entry)
    return regular, [Skipped(path, reason) for path, reason in skipped.items()]


def _vendored_folder(path: str, environments: AbstractSet[str]) -> str | None:
    """The outermost folder of the path that holds other people's code, with a slash at its end."""
    folders = path.split("/")[:-1]
    for depth, folder in enumerate(folders, start=1):
        above = "/".join(folders[:depth])
        if folder in VENDORED or above in environments:
            return above + "/"
    return None


def _text(path: bytes) -> str:
    """The path as text; one with bytes or characters that no line of a report can hold is shown escaped."""
    return path.decode() if _is_plain(path) else ascii(path.decode(errors="replace"))[1:-1]


def _is_plain(path: bytes) -> bool:
    try:
        return path.decode().isprintable()
    except UnicodeDecodeError:
        return False


def _nearness(changed: Iterable[bytes]) -> Callable[[TreeEntry], tuple[bool, int, bytes]]:
    """A sort key: changed files first, then by the number of folders between a file and the nearest change."""
    paths = frozenset(changed)
    steps_up: dict[bytes, int] = {}
    for path in paths:
        for steps, folder in enumerate(_folders(path)):
            steps_up[folder] = min(steps, steps_up.get(folder, steps))

    def key(entry: TreeEntry) -> tuple[bool, int, bytes]:
        ways = (steps + steps_up[folder] for steps, folder in enumerate(_folders(entry.path)) if folder in steps_up)
        return entry.path not in paths, min(ways, default=0), entry.path

    return key


def _folders(path: bytes) -> Iterator[bytes]:
    """The folder of a path, then those above it, up to the root."""
    while path:
        path = path.rpartition(b"/")[0]
        yield path


def _read(
    mirror: Mirror,
    chosen: Sequence[TreeEntry],
    changes: Mapping[bytes, Change],
    limits: SnapshotLimits,
    known: Callable[[Collection[str]], AbstractSet[str]],
) -> tuple[tuple[SnapshotFile, ...], list[Skipped]]:
    """The chosen files with their bytes, as far as the limits go, all missing blobs fetched in one request."""
    cached = known({entry.sha for entry in chosen if entry.path not in changes})
    needed = [entry for entry in chosen if entry.path in changes or entry.sha not in cached]
    mirror.fetch_blobs([*(entry.sha for entry in needed), *_old_sides(needed, changes)])
    sizes = mirror.sizes({entry.sha for entry in chosen})
    skipped: dict[bytes, SkipReason] = {}
    left = limits.total_bytes
    for entry in needed:
        size = sizes[entry.sha]
        if size > limits.bytes_per_file:
            skipped[entry.path] = SkipReason.TOO_LARGE
        elif size > left:
            skipped[entry.path] = SkipReason.OVER_BYTE_LIMIT
        else:
            left -= size
    contents = mirror.contents({entry.sha for entry in needed if entry.path not in skipped})
    skipped |= {entry.path: SkipReason.BINARY for entry in needed if _is_binary(contents.get(entry.sha, b""))}
    files = tuple(
        SnapshotFile(entry.path.decode(), entry.sha, sizes.get(entry.sha), entry.mode, contents.get(entry.sha))
        for entry in chosen
        if entry.path not in skipped
    )
    return files, [Skipped(_text(path), reason) for path, reason in skipped.items()]


def _old_sides(entries: Iterable[TreeEntry], changes: Mapping[bytes, Change]) -> Iterator[str]:
    """The blobs before the change, for the diff."""
    return (changes[entry.path].old_sha for entry in entries if entry.path in changes)


def _is_binary(content: bytes) -> bool:
    return b"\0" in content[:_BINARY_LOOK]


def _changed_lines(
    mirror: Mirror, files: Sequence[SnapshotFile], changes: Mapping[bytes, Change], limits: SnapshotLimits
) -> dict[str, tuple[LineRange, ...]]:
    touched = {file: changes[file.path.encode()] for file in files if file.path.encode() in changes}
    sizes = mirror.sizes({change.old_sha for change in touched.values()} - {NO_BLOB})
    pairs = {
        file: (change.old_sha, change.new_sha)
        for file, change in touched.items()
        if sizes.get(change.old_sha, limits.bytes_per_file + 1) <= limits.bytes_per_file
    }
    lines = mirror.changed_lines(pairs.values())
    return {file.path: lines[pairs[file]] if file in pairs else _whole(file) for file in touched}


def _whole(file: SnapshotFile) -> tuple[LineRange, ...]:
    """All lines: the file is new, or what it was before is not comparable."""
    content = file.content or b""
    lines = content.count(b"\n") + bool(content.rpartition(b"\n")[2])
    return ((1, lines),) if lines else ()
