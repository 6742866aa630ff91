"""What a value is while nobody has set or sent what it is read from: None, an empty text, a word for a mode, a switch.

`request.headers.get("x-api-key")` is None for whoever sends no such header, `os.getenv("API_KEY")` where nobody has set
the variable, and `os.getenv("ENV", "development")` is `development` then. Whether a comparison of two of these lets
anybody in, `unset_comparisons` decides. No other text is kept than those words, and none of what is called like a key:
`os.getenv("ADMIN_PASSWORD", "test")` has a password for a default.
"""

import libcst as cst

from transforms.concepts import BLANK_TEXT, NOTHING
from transforms.setting_words import is_mode, may_be_switch, speaks_of_keys
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

    def of_setting(self, name: str, node: cst.BaseExpression) -> str:
        """What a setting of that name is; "" for more than one thing."""
        found = self.of(node) if not speaks_of_keys(name) else without_words(self.of(node))
        return found if " " not in found else ""

    def of_sides(
        self, left: cst.BaseExpression, right: cst.BaseExpression, origins: tuple[str, str]
    ) -> tuple[str, str]:
        """What both sides of a comparison are, given their origins."""
        found = self.of(left), self.of(right)
        return found if any(map(may_be_switch, origins)) else (without_words(found[0]), without_words(found[1]))

    def of(self, node: cst.BaseExpression) -> str:
        """`None`, `''`, `True`, `False`, words, with spaces between; "" where it is something else, or not known."""
        match node:
            case cst.Name(value="None" | "True" | "False" as name):
                return name
            case cst.Name(value=name):
                return self.known.get(f"{self.walk.symbol}.{name}", "")
            case cst.SimpleString():
                text = string_value(node)
                if text is None or text == NOTHING:
                    return ""
                return BLANK_TEXT if text == "" else text if is_mode(text) else ""
            case cst.Tuple(elements=elements) | cst.List(elements=elements) | cst.Set(elements=elements):
                each = [self.of(element.value) for element in elements]
                return " ".join(each) if all(each) else ""
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                return {"True": "False", "False": "True", NOTHING: "True", BLANK_TEXT: "True"}.get(self.of(inner), "")
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=right)]):
                return self._compared(left, operator, right)
            case cst.FormattedString(parts=parts):  # what is put into the text
                put = [each.expression for each in parts if isinstance(each, cst.FormattedStringExpression)]
                return self.of(put[0]) if len(put) == 1 else ""
            case cst.BooleanOperation(operator=cst.Or(), right=right):
                return self.of(right)
            case cst.Call():
                return self._given(node)
        return ""

    def _compared(self, left: cst.BaseExpression, operator: cst.BaseCompOp, right: cst.BaseExpression) -> str:
        """`os.getenv("AUTH", "off") == "on"` is False while nobody has set it."""
        one, among = self.of(left).split(), self.of(right).split()
        if len(one) != 1 or not among or not isinstance(operator, cst.Equal | cst.NotEqual | cst.In | cst.NotIn):
            return ""
        return str((one[0] in among) is isinstance(operator, cst.Equal | cst.In))

    def _given(self, call: cst.Call) -> str:
        name = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
        called = self.walk.resolve(call.func) or ""
        if isinstance(call.func, cst.Attribute) and name in _KEEPS_TEXT:
            texts = (each for each in self.of(call.func.value).split() if each != NOTHING)  # which has no such method
            return " ".join(each.lower() if name == "lower" else each for each in texts)
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


def without_words(blank: str) -> str:
    """Nothing but None and an empty text."""
    return " ".join(each for each in blank.split() if each in (NOTHING, BLANK_TEXT))
