"""The edits a patch is made of, and the verbs by which a control asks for them.

An edit is data: it names a place in a file and what shall stand there. `transforms.rewrite` applies edits with libcst;
the verbs look up the framework that wrote the code and let it say the edits in its own terms. A verb returns None when
no safe edit is known: the finding then stands without a patch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from transforms.concepts import Place


@dataclass(frozen=True, slots=True)
class ImportOf:
    """`from module import name` (or `import module` when `name` is None), needed by an edit."""

    module: str
    name: str | None = None


class Position(StrEnum):
    """Where new statements go, relative to a place."""

    BEFORE = "before"  # before the statement at the place
    AFTER = "after"  # after the statement at the place
    BODY_START = "body_start"  # first in the body of the function at the place, after its docstring


@dataclass(frozen=True, slots=True)
class ReplaceExpression:
    """Put `code` where the expression at `place` stands."""

    path: str
    place: Place
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddListArgument:
    """Let the call at `place` have `keyword=[..., item]`: a new keyword argument, or one more element of its list."""

    path: str
    place: Place  # of the call
    keyword: str
    item: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddKeywordArgument:
    """Let the call at `place` have `keyword=code`."""

    path: str
    place: Place
    keyword: str
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddParameter:
    """Give the function whose `def` is at `place` one more parameter, before `**kwargs`."""

    path: str
    place: Place
    code: str  # "principal: Principal = Depends(require_user)"
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class InsertStatements:
    """Insert statements (dedented source text) relative to the statement or function at `place`."""

    path: str
    place: Place
    position: Position
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddFile:
    """A new file. A file that is there with the same content is left alone; with another content the edit fails."""

    path: str
    content: str


@dataclass(frozen=True, slots=True)
class AddLines:
    """Add lines to a text file (.env.example, .gitignore), each only if it is missing; the file is made if need be."""

    path: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddRequirement:
    """Let the requirements file at `path` (requirements*.txt, pyproject.toml, setup.cfg, Pipfile) name a package."""

    path: str
    name: str  # "PyJWT[crypto]"
    version_range: str  # ">=2.10,<3"


Edit = (
    ReplaceExpression
    | AddListArgument
    | AddKeywordArgument
    | AddParameter
    | InsertStatements
    | AddFile
    | AddLines
    | AddRequirement
)


@dataclass(frozen=True, slots=True)
class Proof:
    """A test file that shows a patch: rendered by `transforms.proofs` from typed cases."""

    path: str
    content: str


class Applicability(StrEnum):
    """How much a reviewer has to think."""

    SAFE = "safe"
    REVIEW = "review"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Patch:
    """What a remedy asks for: one or more findings may ask for the same patch (a guard on their common router)."""

    title: str  # one line, imperative: "Require a signed-in user on orders.router"
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.REVIEW
    todo: tuple[str, ...] = ()  # what the reader must do: provision, rotate, set the issuer
    proof: Proof | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
