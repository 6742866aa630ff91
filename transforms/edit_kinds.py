"""The edits a patch is made of: data that names a place in a file and what shall stand there.

`transforms.rewrite` applies them; the verbs of `transforms.edits` and of the frameworks make them.
"""

from dataclasses import dataclass
from enum import StrEnum

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
class RemoveArguments:
    """Let the call at `place` no longer have these keyword arguments, or the dict there these keys."""

    path: str
    place: Place  # of the call or dict
    keywords: tuple[str, ...]
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddParameter:
    """Give the function whose `def` is at `place` one more parameter, before `**kwargs`."""

    path: str
    place: Place
    code: str  # "principal: Principal = Depends(require_user)"
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddFirstParameter:
    """Give the function whose `def` is at `place` one more parameter, before all others."""

    path: str
    place: Place
    code: str  # "current_user"
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class SetDefault:
    """Give the parameter at `place` the default `code`, in the place of the one that it may have."""

    path: str
    place: Place
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddDecorator:
    """Decorate the function whose `def` is at `place`: directly below its decorator at `under`, else above all."""

    path: str
    place: Place
    code: str  # "@require_user"
    under: Place | None = None  # of a decorator's expression, without its `@`
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
class CopyFunction:
    """Put a copy of the function whose `def` is at `place` below it, with `head` for its decorators, `def` line and
    docstring. In the copy `changes` stand at their places: "" leaves a statement out. `below` stands after it."""

    path: str
    place: Place
    head: str
    changes: tuple[tuple[Place, str], ...]
    hoisted: tuple[tuple[Place, str], ...] = ()  # conditions of which only the body stays, and what stands before it
    below: str = ""
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoveStatement:
    """Take out the statement at `place`, which stands on lines of its own, and not alone in its block."""

    path: str
    place: Place
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AssignInstead:
    """Let the statement that is the call `owner.headers.update(...)` at `place` become `owner.name = code`."""

    path: str
    place: Place  # of the call
    name: str
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnInstead:
    """Let the assignment at `place` become a function that returns what was assigned. `head` is how it begins: its
    decorators, its `def` line, and `return`; `below` is a further function right below it."""

    path: str
    place: Place
    head: str
    below: str = ""
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class LeaveUnassigned:
    """Let the annotated assignment at `place` give no value: `key: str`."""

    path: str
    place: Place
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddInnermostDecorator:
    """Put a decorator directly above the function whose `def` is at `place`, below those that are there."""

    path: str
    place: Place
    code: str  # "@login_required"
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplaceText:
    """Put `code` in the place of a text of a file that is not Python."""

    path: str
    place: Place
    code: str


@dataclass(frozen=True, slots=True)
class InsertLine:
    """Put a line behind the one with this number (from 1) of a file that is not Python."""

    path: str
    line: int
    code: str


@dataclass(frozen=True, slots=True)
class HandOn:
    """Let a service of the compose file at `path` give its program the variable `name`.

    Compose asks for it, and stops where it is not set; or it gives `value`, or, where that is "", what is set, if any.
    """

    path: str
    service: str
    name: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class ReplaceWords:
    """Put `code` in the place of some words of a comment or of a string in a Python file, within one line."""

    path: str
    place: Place
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoveFile:
    """Take a file out of the repository. Where the edit is made in somebody's work tree, their own copy stays."""

    path: str


@dataclass(frozen=True, slots=True)
class AddBase:
    """Let the class at `place` inherit from `code` first."""

    path: str
    place: Place
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplaceBase:
    """Let the class at `place` inherit from `code` where it inherits from `old`, as written."""

    path: str
    place: Place
    old: str
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddClassAttribute:
    """Let the class at `place` have the attribute `name = code`: first in its body, after its docstring."""

    path: str
    place: Place
    name: str
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddDictEntry:
    """Let the dict at `place` have the entry `"key": code`, as its last."""

    path: str
    place: Place
    key: str
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddElement:
    """Let the list whose element is at `place` have `code` directly behind it."""

    path: str
    place: Place  # of the element
    code: str
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class AddFile:
    """A new file. A file that is there with the same content is left alone; with another content the edit fails.

    A module that an earlier patch inserted is brought up to date while it is unedited, and left alone once edited.
    """

    path: str
    content: str


@dataclass(frozen=True, slots=True)
class AddLines:
    """Add lines to a text file (.env.example, .gitignore), each only if it is missing; the file is made if need be.

    A line may bring comment lines of its own in front (`"# URL of the issuer\\nOIDC_ISSUER="`): the last one decides.
    """

    path: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddRequirement:
    """Let the requirements file at `path` (requirements*.txt, pyproject.toml, setup.cfg, Pipfile) name a package."""

    path: str
    name: str  # "PyJWT[crypto]"
    version_range: str  # ">=2.10,<3"
    otherwise: tuple[str, ...] = ()  # further files, tried in order when `path` is none that can name it


@dataclass(frozen=True, slots=True)
class SetUpTests:
    """Let the `conftest.py` at `path` set variables before anything of the app is imported, and have a fixture.

    Each only if it is missing; the file is made if need be. No value is ever a real one.
    """

    path: str
    variables: tuple[tuple[str, str], ...] = ()
    fixture: str = ""  # source text; it may use `pytest`


Edit = (
    ReplaceExpression
    | AddListArgument
    | AddKeywordArgument
    | RemoveArguments
    | AddParameter
    | AddFirstParameter
    | SetDefault
    | AddDecorator
    | InsertStatements
    | CopyFunction
    | RemoveStatement
    | AssignInstead
    | ReturnInstead
    | LeaveUnassigned
    | AddInnermostDecorator
    | AddBase
    | ReplaceBase
    | AddClassAttribute
    | AddDictEntry
    | AddElement
    | AddFile
    | AddLines
    | AddRequirement
    | SetUpTests
    | ReplaceText
    | InsertLine
    | HandOn
    | ReplaceWords
    | RemoveFile
)
WHOLE_FILE_EDITS = (AddFile, AddLines, AddRequirement, SetUpTests)
