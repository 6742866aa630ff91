"""Names across files: imports, re-exports, star imports and module-level aliases, from any start folder.

`from app.deps import x` may mean `backend/app/deps.py`, and in a repository of several services the nearest of several.
"""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from transforms.facts import Facts


@dataclass(frozen=True, slots=True)
class Names:
    """One module's names."""

    facts: Facts
    imports: Mapping[str, str]
    assigned: Mapping[str, str]
    defined: frozenset[str]  # symbols
    stars: tuple[str, ...] = ()  # modules all of whose names it takes; of two with one name, the last has it


class Lookup:
    """The names of all files of an app."""

    def __init__(self, files: Iterable[Facts]) -> None:
        self.files = tuple(files)
        self._resolved: dict[tuple[str, str], str] = {}  # by the folder that the reference stands in
        self._asked: dict[str, dict[str, str]] = defaultdict(dict)  # by its file: most questions are asked again
        self._reached: dict[str, frozenset[str]] = {}

    @functools.cached_property
    def modules(self) -> dict[str, list[Names]]:
        """Names by module, and by every shorter name that a start folder could give it; the shallowest file first."""
        known = {each.path: _names_of(each) for each in self.files}
        found = {each.module: [known[each.path]] for each in self.files}
        for each in sorted(self.files, key=lambda facts: facts.path.count("/")):
            rest = each.module
            while "." in rest:
                rest = rest.partition(".")[2]
                found.setdefault(rest, []).append(known[each.path])
        return found

    @functools.cached_property
    def roots(self) -> frozenset[str]:
        """What the names of the app's modules begin with: a reference that does not is a library's."""
        return frozenset(name.partition(".")[0] for name in self.modules)

    def resolve(self, reference: str, near: str) -> str:
        """See `App.resolve`."""
        asked = self._asked[near]
        if (known := asked.get(reference)) is None:
            known = asked[reference] = self._resolve(reference, near)
        return known

    def _resolve(self, reference: str, near: str) -> str:
        if reference.partition(".")[0] not in self.roots:
            return reference
        key = (reference, near.rpartition("/")[0])
        if (known := self._resolved.get(key)) is not None:
            return known
        seen: set[str] = set()
        while reference not in seen:
            seen.add(reference)
            reference, near = self._one_step(reference, near)
        self._resolved[key] = reference
        return reference

    def split(self, reference: str, near: str = "") -> tuple[Facts | None, str]:
        """The module of the app that a reference begins with, the longest, and the names behind it."""
        names, rest = self._split(reference, near)
        return (names.facts if names is not None else None), rest

    def reaches(self, path: str, other: str) -> bool:
        """Whether importing the file at `path` imports the file at `other`, directly or through others."""
        return other in self.reached_from(path)

    def reached_from(self, path: str) -> frozenset[str]:
        """The files that importing the file at `path` imports, directly or through others; itself included."""
        if (known := self._reached.get(path)) is not None:
            return known
        by_path = {each.path: each for each in self.files}
        waiting, seen = [path], set[str]()
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen.add(each)
                waiting += self.imported_by(by_path[each]) if each in by_path else ()
        self._reached[path] = frozenset(seen)
        return self._reached[path]

    def roots_of(self, path: str) -> frozenset[str]:
        """The files that nobody imports, among those whose import imports the file at `path`; itself left out."""
        importers: dict[str, set[str]] = {}
        for each in self.files:
            for imported in self.imported_by(each):
                importers.setdefault(imported, set()).add(each.path)
        waiting, seen = [path], {path}
        while waiting:
            new = importers.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        return frozenset(each for each in seen - {path} if not importers.get(each))

    def imported_by(self, facts: Facts) -> Iterator[str]:
        """The files that one file imports itself."""
        for _, reference in facts.imports:
            names, _ = self._split(reference, facts.path)
            if names is not None:
                yield names.facts.path

    def _one_step(self, reference: str, near: str) -> tuple[str, str]:
        names, name = self._split(reference, near)
        if names is None:
            return reference, near
        path = names.facts.path
        head, _, rest = name.partition(".")
        symbol = f"{names.facts.module}.{name}" if name else names.facts.module
        if symbol in names.assigned:
            return names.assigned[symbol], path
        if f"{names.facts.module}.{head}" in names.defined:
            return symbol, path
        if head in names.imports:
            return (f"{names.imports[head]}.{rest}" if rest else names.imports[head]), path
        if names.stars and head:
            return f"{self._star_of(names, head)}.{name}", path
        return symbol, path

    def _star_of(self, names: Names, name: str) -> str:
        """The module among star imports that has a name: the last of the app's own, else a library's."""
        having = (each for each in names.stars if self._has(each, name, names.facts.path, set()))
        foreign = (each for each in names.stars if self._split(each, names.facts.path)[0] is None)
        return next(having, None) or next(foreign, None) or names.stars[0]

    def _has(self, module: str, name: str, near: str, seen: set[str]) -> bool:
        """Whether a module of the app binds a name, by itself or by its star imports."""
        names, rest = self._split(module, near)
        if names is None or rest or names.facts.path in seen:
            return False
        symbol = f"{names.facts.module}.{name}"
        if symbol in names.assigned or symbol in names.defined or name in names.imports:
            return True
        seen.add(names.facts.path)
        return any(self._has(each, name, names.facts.path, seen) for each in names.stars)

    def _split(self, reference: str, near: str) -> tuple[Names | None, str]:
        """The longest prefix that is a module of the app, and the names behind it."""
        head, modules = reference, self.modules
        while head:
            if (found := modules.get(head)) is not None:
                return _closest(found, near), reference[len(head) + 1 :]
            head = head.rpartition(".")[0]
        return None, reference


def _names_of(facts: Facts) -> Names:
    kinds = (facts.functions, facts.classes, facts.routers, facts.aliases, facts.schemes, facts.instances)
    defined = frozenset(each.symbol for kind in kinds for each in kind)
    stars = tuple(reference for local, reference in reversed(facts.imports) if local.startswith("*"))
    return Names(facts, dict(facts.imports), dict(facts.assigned), defined, stars)


def _closest(found: list[Names], near: str) -> Names:
    if len(found) == 1 or not near:
        return found[0]
    return max(found, key=lambda names: _shared_folders(names.facts.path, near))


def _shared_folders(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if left != right:
            break
        count += 1
    return count
