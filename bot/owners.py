"""Who owns a file, by the repository's CODEOWNERS: the last pattern that matches decides."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

PATHS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")


class Owners:
    """The owners that one CODEOWNERS file names."""

    def __init__(self, text: str) -> None:
        lines = (line.partition("#")[0].split() for line in text.splitlines())
        self._rules = [(words[0], tuple(words[1:])) for words in lines if words]

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Owners":
        """Those of the first such file that is there."""
        return cls(next((texts[path] for path in PATHS if path in texts), ""))

    @classmethod
    def beside(cls, root: Path) -> "Owners":
        """Those of a checkout."""
        return cls.of({path: (root / path).read_text("utf-8", "replace") for path in PATHS if (root / path).is_file()})

    def of_path(self, path: str) -> str:
        """The owners of a file, with spaces between; "" where nobody is named."""
        matching = [owners for pattern, owners in self._rules if _pattern(pattern).match(path)]
        return " ".join(matching[-1]) if matching else ""


NOBODY = Owners("")


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """A pattern as of .gitignore: anchored if a slash is in it, and for everything below a folder."""
    anchored = "/" in pattern.rstrip("/")
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.strip("/"))
    meant = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(meant.get(part, re.escape(part)) for part in parts)
    below = "/.+" if pattern.endswith("/") else "(?:/.+)?"
    exact = "" if pattern.endswith("/*") else below
    return re.compile(f"{'' if anchored else '(?:.*/)?'}{body}{exact}$")
