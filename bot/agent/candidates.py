"""From a verdict on a secret to what a model may see of it, and to the values that may never leave.

The literal is read again from its place in the source, turned into a shape, and forgotten. `known_values` keeps the
texts for the outbound guard: in the memory of one job, and nowhere else.
"""

import ast
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bot.agent.redact import redacted_slice
from bot.agent.shape import shape_of
from bot.agent.triage import Candidate, FileRole
from transforms.concepts import Place
from transforms.concepts_secrets import SecretRole, SecretUse

if TYPE_CHECKING:
    from transforms.api import Verdict

_EXAMPLE_PARTS = frozenset({"example", "examples", "sample", "samples", "docs", "doc", "demo", "template", "templates"})
_SCRIPT_PARTS = frozenset({"scripts", "migrations", "alembic", "tools", "bin"})
_CONFIGURATION_SUFFIXES = frozenset({".env", ".ini", ".cfg", ".toml", ".yaml", ".yml", ".json", ".conf"})


def candidate_of(verdict: "Verdict", source: str) -> Candidate | None:
    """The candidate behind a verdict, with `source` the whole text of its file; None if it is not about a literal."""
    use = verdict.concept
    if not isinstance(use, SecretUse) or (value := literal_at(source, use.place)) is None:
        return None
    path = verdict.subject.path
    code = redacted_slice(source, use.place.line) if path.endswith(".py") else None
    role = role_of_file(path, use)
    return Candidate(verdict.fingerprint, use.name, role, use.sink, shape_of(value), code)


def known_values(verdicts: Iterable["Verdict"], sources: Mapping[str, str]) -> tuple[str, ...]:
    """The values behind verdicts on secrets, by the text of each file (path to source). Never store or print them.

    Placeholders are left out: `postgres` and `change-me` stand in texts of any kind, and everybody knows them.
    """
    uses = [(verdict.subject.path, verdict.concept) for verdict in verdicts if isinstance(verdict.concept, SecretUse)]
    real = [(path, use) for path, use in uses if path in sources and not use.placeholder]
    found = (literal_at(sources[path], use.place) for path, use in real)
    return tuple(dict.fromkeys(value for value in found if value))


def literal_at(source: str, place: Place) -> str | None:
    """The value of the literal at a place; where it is not a plain literal, its text. None outside the source."""
    lines = source.split("\n")[place.line - 1 : place.end_line]
    if len(lines) != place.end_line - place.line + 1:
        return None
    lines[-1] = lines[-1][: place.end_column]
    lines[0] = lines[0][place.column :]
    return _evaluated("\n".join(lines))


def role_of_file(path: str, use: SecretUse) -> FileRole:
    """What a file is for, by its path and what was learned about the literal."""
    pure = PurePosixPath(path)
    parts = {part.lower() for part in pure.parts}
    if use.test_only:
        return FileRole.TEST
    if parts & _EXAMPLE_PARTS or "example" in pure.name.lower() or pure.suffix == ".md":
        return FileRole.EXAMPLE
    if use.role is SecretRole.CONFIG_FILE or pure.suffix in _CONFIGURATION_SUFFIXES or pure.name.startswith(".env"):
        return FileRole.CONFIGURATION
    return FileRole.SCRIPT if parts & _SCRIPT_PARTS else FileRole.APPLICATION


def _evaluated(text: str) -> str | None:
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text.strip("\"' \t\r\n") or None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else text.strip()
