"""Which file an import means, and how another file of the app would import it: from where, absolutely or relatively."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from posixpath import dirname

import libcst as cst

from transforms.walk import dotted_name

StartFolder = Callable[[str], str]  # path of a file -> the folder it is started in


@dataclass(frozen=True, slots=True)
class Modules:
    """The modules of an app by path, those included that the same patch adds."""

    paths: Collection[str]
    start_folder: StartFolder | None = None

    def stem(self, path: str, dotted: str) -> str | None:
        """The file (without `.py` or `/__init__.py`) that `dotted` means in the file at `path`; None for a library."""
        tail = dotted.replace(".", "/")
        for root in _upwards(dirname(path)):
            stem = f"{root}/{tail}" if root else tail
            if f"{stem}.py" in self.paths or f"{stem}/__init__.py" in self.paths:
                return stem
        return None

    def imported(self, path: str, node: cst.ImportFrom) -> str:
        """What `from ... import` imports from: the stem of a file of the app, or the dotted name of a library."""
        named = dotted_name(node.module) or "" if node.module is not None else ""
        if not node.relative:
            return self.stem(path, named) or named
        folder = dirname(path)
        for _ in node.relative[1:]:
            folder = dirname(folder)
        return "/".join(part for part in (folder, named.replace(".", "/")) if part)

    def spelled(self, path: str, dotted: str, *, relatively: bool) -> str:
        """How the file at `path` imports the module `dotted`: `app.controls.auth` or `..controls.auth`."""
        stem = self.stem(path, dotted)
        if stem is None:
            return dotted
        relative = self._relative(path, stem) if relatively else None
        return relative or self._absolute(path, stem, dotted)

    def _relative(self, path: str, stem: str) -> str | None:
        here, there = dirname(path).split("/"), stem.split("/")
        common = 0
        while common < min(len(here), len(there) - 1) and here[common] == there[common]:
            common += 1
        package, up = "/".join(here[:common]), len(here) - common
        # its own folder is a package even without `__init__.py`: the file imports relatively already
        if not common or (up and f"{package}/__init__.py" not in self.paths):
            return None
        return "." * (up + 1) + ".".join(there[common:])

    def _absolute(self, path: str, stem: str, dotted: str) -> str:
        """From the folder the file is started in, if the module lies below it."""
        if self.start_folder is None:
            return dotted
        root = self.start_folder(path)
        if root and not stem.startswith(f"{root}/"):
            return dotted
        return stem.removeprefix(f"{root}/" if root else "").replace("/", ".")


def _upwards(folder: str) -> Iterator[str]:
    """The folders around, the nearest first; a file finds what is nearest to it."""
    while folder:
        yield folder
        folder = dirname(folder)
    yield ""
