"""What a value is where what it is read from is not there: None, or an empty text.

`request.headers.get("x-api-key")` is None for whoever sends no such header, and `os.getenv("API_KEY")` where nobody has
set the variable. Whether a comparison of the two lets anybody in, `unset_comparisons` decides.
"""

import libcst as cst

from transforms.concepts import BLANK_TEXT, NOTHING
from transforms.walk import Walk, argument, string_value

_OF_ENVIRONMENT = frozenset({"os.environ.get", "os.getenv", "os.environ.get()", "os.getenv()"})
_KEEPS_TEXT = frozenset({"strip", "lstrip", "rstrip", "lower", "encode", "replace", "removeprefix"})
_FIELDS = frozenset({"Field", "field", "SecretStr"})
_READERS = frozenset({"decouple.config", "environ.Env", "environs.Env", "starlette.config.Config"})


class Blanks:
    """What the local names of the functions of one file may be, kept while the file is walked."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.known: dict[str, str] = {}  # symbol of a local name -> what it may be

    def assign(self, name: str, node: cst.BaseExpression) -> None:
        """From here on the local name is what the expression is."""
        if self.walk.function is not None:
            self.known[f"{self.walk.symbol}.{name}"] = self.of(node)

    def of(self, node: cst.BaseExpression) -> str:
        """`None`, `''`, both with a space between; "" where it is something else, or not known."""
        match node:
            case cst.Name(value="None"):
                return NOTHING
            case cst.Name(value=name):
                return self.known.get(f"{self.walk.symbol}.{name}", "")
            case cst.SimpleString():
                return BLANK_TEXT if string_value(node) == "" else ""
            case cst.FormattedString(parts=parts):  # what is put into the text
                put = [each.expression for each in parts if isinstance(each, cst.FormattedStringExpression)]
                return self.of(put[0]) if len(put) == 1 else ""
            case cst.BooleanOperation(operator=cst.Or(), right=right):
                return self.of(right)
            case cst.Call():
                return self._given(node)
        return ""

    def _given(self, call: cst.Call) -> str:
        name = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
        called = self.walk.resolve(call.func) or ""
        if isinstance(call.func, cst.Attribute) and name in _KEEPS_TEXT:
            return BLANK_TEXT if BLANK_TEXT in self.of(call.func.value).split() else ""
        if called.rpartition(".")[2] in _FIELDS:
            default = argument(call, "default", 0)
            return self.of(default) if default is not None else ""
        if called.removesuffix("()") in _READERS:
            default = argument(call, "default", 1)
            return self.of(default) if default is not None else ""
        if name != "get" and called not in _OF_ENVIRONMENT:
            return ""
        default = argument(call, "default", 1)
        if default is not None:
            return self.of(default)
        return NOTHING if called in _OF_ENVIRONMENT else f"{NOTHING} {BLANK_TEXT}"
