"""Files that patches would make where something stands already that was not read: a link, a submodule, a large file.

The analysis knows only what it read. Whoever writes on its word alone would put a new file in the place of one that was
left out, so the tree of the commit, which is complete, has the last word.
"""

from collections.abc import Iterable, Iterator, Mapping

from transforms.engine import PatchResult, Status


def collision(patches: Iterable[PatchResult], tree: Mapping[str, str]) -> str:
    """The first path that is taken, as a sentence's end; empty where none is. `tree`: path to mode of all its files."""
    for path in dict.fromkeys(_made(patches)):
        if path in tree:
            return f"{path}, which is there and could not be read"
        above = next((folder for folder in _folders(path) if folder in tree), None)
        if above is not None:
            return f"{path}, but {above} is no folder"
    return ""


def _made(patches: Iterable[PatchResult]) -> Iterator[str]:
    """Paths that the patches hold for new. Those of later patches may be files that an earlier one made."""
    for patch in patches:
        if patch.status is Status.FIXED:
            yield from (path for path, (before, _) in patch.files.items() if before is None)


def _folders(path: str) -> Iterator[str]:
    """The folders above a path, the outermost first."""
    parts = path.split("/")
    yield from ("/".join(parts[:depth]) for depth in range(1, len(parts)))
