"""Clients that are made when a module is imported, with a secret in the call: `client = OpenAI(api_key=...)`.

Such a client can be made by a cached function when it is first needed instead: if every use of its name is seen, and
each stands in a function of the same file. It is cached by the value of the secret: a rotated one makes a new client.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_secrets import Holder, NameUse
from transforms.frameworks.secret_scopes import constants
from transforms.frameworks.secret_values import text_of
from transforms.secrets.names import read_name
from transforms.walk import Walk, descendants

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.edit_kinds import Edit, ImportOf

# Names under which clients are kept: every file that says one has to be read, or a use elsewhere would not be seen.
_NAME = rb"(?:[A-Za-z0-9]\w*_)?client|llm|supabase|s3"
# Where such a name is bound by the module, imported, or reached through one: a parameter or a local is nobody's client.
_SAYS_ONE = re.compile(
    rb"^(?:"
    + _NAME
    + rb")\b[^\n=]*=|^[ \t]*(?:from[^\n]*)?\bimport\b(?:[^\n(]*|[^\n(]*\([^)]*)(?<![\w.])(?:"
    + _NAME
    + rb")\b"
    rb"|(?<!\bself)(?<!\bhttp)(?<!\bxmlrpc)\.(?:" + _NAME + rb")\b",
    re.MULTILINE,
)
_IS_ONE = re.compile(_NAME.decode())
_LONG = 12  # characters of a text that may be a secret whatever takes it


def may_use(content: bytes) -> bool:
    """Whether a file may make or use such a client."""
    return (b"client" in content or b"llm" in content or b"supabase" in content or b"s3" in content) and (
        _SAYS_ONE.search(content) is not None
    )


class Holders:
    """The handler that leaves a fact for each of them, and lets its uses be watched."""

    def __init__(self, walk: Walk, settings: frozenset[str], watched: set[str]) -> None:
        self.walk, self.settings, self.watched = walk, settings, watched

    def module(self, node: cst.Module) -> None:
        """`name = Call(...)` on the top level, if nothing else binds the name."""
        single = constants(node)
        for statement in node.body:
            match statement:
                case cst.SimpleStatementLine(body=[cst.Assign(value=cst.Call() as call) as small]):
                    name = single.get(id(small))
                    if name is None or _IS_ONE.fullmatch(name) is None:
                        continue
                    if self._may_take_secret(call) and not self._is_public(name):
                        self._leave(name, small)

    def _leave(self, name: str, statement: cst.Assign) -> None:
        self.watched.add(name)
        symbol, path = f"{self.walk.module}.{name}", self.walk.path
        maker, inner = self._free_names(name.lower().strip("_"))
        self.walk.emit(lambda place: Holder(symbol, place, maker, path, inner), statement)

    def _may_take_secret(self, call: cst.Call) -> bool:
        for arg in call.args:
            if arg.keyword is not None and read_name(arg.keyword.value) is not None:
                return True
            for each in descendants(arg.value):
                if isinstance(each, cst.Name) and each.value in self.settings:
                    return True
                text = text_of(each) if isinstance(each, cst.SimpleString) else None
                if text is not None and len(text) >= _LONG and not any(map(str.isspace, text)):
                    return True
        return False

    def _is_public(self, name: str) -> bool:
        """Whether the file says that the name is for others, or binds it anew from inside a function."""
        text = self.walk.text
        public = "__all__" in text and re.search(rf"[\"']{name}[\"']", text) is not None
        return public or re.search(rf"^\s*(?:global|del)\b[^\n]*\b{name}\b", text, re.MULTILINE) is not None

    def _free_names(self, name: str) -> tuple[str, str]:
        """Two names that the file does not have, for the function that gives a client and the one that makes it."""
        wanted = (f"get_{name}", f"make_{name}", f"new_{name}")
        free = [each for each in wanted if re.search(rf"\b{each}\b", self.walk.text) is None]
        return (free[0], free[1]) if len(free) > 1 else ("", "")


@dataclass(frozen=True, slots=True)
class Key:
    """A secret in the call that makes a client: the parameter that takes it, how it is asked for, where it stands."""

    parameter: str
    call: str
    imports: "tuple[ImportOf, ...]"
    places: tuple[tuple[Place, str], ...]  # and the code there, {} for the parameter


def holder_around(app: "App", path: str, place: Place) -> Holder | None:
    """The holder whose assignment a place lies in."""
    return next((each for each in app.files[path].holders if is_within(place, each.place)), None)


def is_within(place: Place, other: Place) -> bool:
    """Whether a place lies in another one."""
    start, end = (place.line, place.column), (place.end_line, place.end_column)
    return (other.line, other.column) <= start and end <= (other.end_line, other.end_column)


def deferred(app: "App", holder: Holder, keys: "Sequence[Key]") -> "list[Edit] | None":
    """The edits that let a cached function make it when it is needed; None where a use may not be seen, or is early."""
    from transforms.edit_kinds import ImportOf, ReplaceExpression, ReturnInstead

    if not holder.maker or any(_knows(app, path, holder) for path in app.files if path != holder.file):
        return None
    uses = tuple(_uses(app, holder))
    if not uses or not all(each.deferred for each in uses):
        return None
    edits: list[Edit] = [ReplaceExpression(each.file, each.place, f"{holder.maker}()") for each in uses]
    for key in keys:
        edits += [
            ReplaceExpression(holder.file, place, code.replace("{}", key.parameter)) for place, code in key.places
        ]
    head = f"@lru_cache(maxsize=1)\ndef {holder.inner}({', '.join(key.parameter for key in keys)}):\n    return"
    asked = ", ".join(key.call for key in keys)
    below = f"def {holder.maker}():\n    return {holder.inner}({asked})"
    imports = (ImportOf("functools", "lru_cache"), *dict.fromkeys(each for key in keys for each in key.imports))
    return [ReturnInstead(holder.file, holder.place, head, below, imports), *edits]


def _uses(app: "App", holder: Holder) -> Iterator[NameUse]:
    return (each for each in app.files[holder.file].name_uses if each.reference == holder.symbol)


def _knows(app: "App", path: str, holder: Holder) -> bool:
    """Whether another file imports the name, everything, or the module it is in."""
    module = holder.symbol.rpartition(".")[0]
    for _, reference in app.files[path].imports:
        if app.resolve(reference, path) in (holder.symbol, module) or _ends(holder.symbol, reference):
            return True
    return False


def _ends(symbol: str, reference: str) -> bool:
    module = symbol.rpartition(".")[0]
    return symbol == reference or symbol.endswith(f".{reference}") or module.endswith(f".{reference}")
