"""What pyflakes says of a file: names that are not bound, imports that nobody uses, definitions that hide others."""

import warnings
from collections import Counter

from transforms.source import BOM

UNUSED_IMPORT = "UnusedImport"


def new_complaints(path: str, before: bytes | None, after: bytes) -> list[str]:
    """What pyflakes says of a file that it did not say before, without line numbers: `UndefinedName: get_secret`."""
    there = complaints(path, before) if before is not None else Counter[str]()
    return sorted((complaints(path, after) - there).elements())


def complaints(path: str, content: bytes) -> Counter[str]:
    """Everything it says of one file, by sort and names."""
    from pyflakes import api, reporter  # type: ignore[import-untyped]

    class Collected(reporter.Reporter):  # type: ignore[misc]
        """Keeps messages instead of printing them."""

        def __init__(self) -> None:
            self.found: Counter[str] = Counter()

        def flake(self, message: object) -> None:
            """A finding, by its sort and its names: never by its line."""
            text, args = getattr(message, "message", ""), getattr(message, "message_args", ())
            named = [str(each) for each in args if isinstance(each, str)]
            self.found[f"{type(message).__name__}: {', '.join(named) or text}"] += 1

        def unexpectedError(self, filename: str, msg: str) -> None:  # noqa: N802, ARG002
            """Cannot be analysed."""
            self.found["unreadable"] += 1

        def syntaxError(self, filename: str, msg: str, *where: object) -> None:  # noqa: N802, ARG002
            """Does not compile: another gate says so."""
            self.found["unparsable"] += 1

    collected = Collected()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        api.check(content.removeprefix(BOM).decode(errors="replace"), path, collected)
    return collected.found
