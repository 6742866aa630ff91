"""Settings that are never empty: a constant, a variable without which nothing starts, one with a default.

What asks whether such a setting is there gets the same answer each time. They are told by name alone, in one Setting
fact for a file; in one more, what they are while nobody has set them, where that is known.
"""

import functools
import re

import libcst as cst

from transforms.concepts import ALWAYS_SET, UNSET, Setting
from transforms.frameworks.python_blank import Blanks
from transforms.walk import Walk, argument, dotted_name, string_value

_CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]*")
_OF_SETTINGS = re.compile(r"settings|config", re.IGNORECASE)
_NONE = frozenset({"None", "False"})
_DEFAULTS = frozenset({"getenv", "get"})  # asks for a variable, with something else where there is none
_STOPS = frozenset({"decouple.config", "environ.Env", "environs.Env", "starlette.config.Config"})
_MAKES = frozenset({"token_hex", "token_urlsafe", "token_bytes", "uuid4"})


class AlwaysSet:
    """Gathers the names while the file is walked."""

    def __init__(self, walk: Walk, blanks: Blanks) -> None:
        self.walk, self.blanks = walk, blanks
        self.told: dict[str, dict[str, cst.CSTNode]] = {ALWAYS_SET: {}, UNSET: {}}
        walk.at_end(self.tell)

    def bound(self, target: cst.BaseExpression, value: cst.BaseExpression | None) -> None:
        """A name of the module, or of a class of settings, holds a value; None: it has no default."""
        if self.walk.function is not None or not isinstance(target, cst.Name):
            return
        of_class = len(self.walk.scopes) > 1
        if of_class and not self._is_of_settings():
            return
        symbol = f"{self.walk.symbol}.{target.value}"
        if not of_class and not _CONSTANT.fullmatch(target.value):
            return
        something = value is None or self._is_something(value)
        if something:
            self.told[ALWAYS_SET][symbol] = target
        fixed = something and not of_class and isinstance(value, cst.SimpleString | cst.Name)
        if value is not None and not fixed and (unset := self.blanks.of_setting(target.value, value)):
            self.told[UNSET][f"{symbol}={unset}"] = target

    def asserted(self, node: cst.Assert) -> None:
        """`assert API_KEY` where the module is imported."""
        name = node.test.left if isinstance(node.test, cst.Comparison) else node.test
        if self.walk.function is None and isinstance(name, cst.Name | cst.Attribute) and (dotted := dotted_name(name)):
            self.told[ALWAYS_SET][self.walk.resolve(name) or dotted] = node

    def tell(self) -> None:
        """Leave one fact of all that are alike."""
        module, path = self.walk.module, self.walk.path
        for kind, named in self.told.items():
            if named:
                fact = functools.partial(Setting, kind, " ".join(named), symbol=module, file=path)
                self.walk.emit(fact, next(iter(named.values())))

    def _is_of_settings(self) -> bool:
        node = self.walk.scopes[-1].node
        if not isinstance(node, cst.ClassDef):
            return False
        names = (node.name.value, *(dotted_name(base.value) or "" for base in node.bases))
        return any(_OF_SETTINGS.search(each) for each in names)

    def _is_something(self, value: cst.BaseExpression) -> bool:
        match value:
            case cst.SimpleString() | cst.ConcatenatedString():
                return bool(string_value(value))
            case cst.Name(value=name):
                return name == "True"
            case cst.Integer(value=digits):
                return digits != "0"
            case cst.Ellipsis() | cst.FormattedString():
                return True
            case cst.List(elements=elements) | cst.Tuple(elements=elements) | cst.Set(elements=elements):
                return bool(elements)
            case cst.BooleanOperation(operator=cst.Or(), right=right):
                return self._is_something(right)
            case cst.Subscript(value=asked):
                return self.walk.resolve(asked) == "os.environ"
            case cst.Call():
                return self._gives_something(value)
        return False

    def _gives_something(self, call: cst.Call) -> bool:
        name = call.func.attr.value if isinstance(call.func, cst.Attribute) else dotted_name(call.func) or ""
        default = argument(call, "default", 0 if name == "Field" else 1)
        if name == "Field":
            return default is None or self._is_something(default)
        if name in _DEFAULTS and default is not None:
            return self._is_something(default)
        if name in ("lower", "strip", "encode") and isinstance(call.func, cst.Attribute):
            return self._is_something(call.func.value)
        asked = (self.walk.resolve(call.func) or "").removesuffix("()")
        return name in _MAKES or (asked in _STOPS and (default is None or self._is_something(default)))
