"""What a check before every request lets through: `if request.endpoint in ("login", "static"): return`.

Where all that a function asks about the path is of that kind, the routes it spares are known, and it guards the others.
Anything else about the path is a riddle: nobody can tell by reading which routes the function guards.
"""

from collections.abc import Iterator

import libcst as cst

from transforms.walk import Walk, descendants, string_value

REQUEST = frozenset({"flask.request", "flask.globals.request"})
_PATHS = frozenset({"path", "endpoint", "blueprint", "blueprints", "url_rule", "full_path", "url", "base_url"})
_NOTHING_NAMED: tuple[str, ...] = ()  # a condition that names no route: about the method, a missing endpoint
Patterns = tuple[str, ...] | None
Compared = tuple[cst.BaseExpression, cst.BaseCompOp, cst.BaseExpression]


class Exempting:
    """Reads conditions on the path, with the names that hold paths and lists of them."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.paths: dict[str, set[str]] = {}  # function -> its local names that hold the request's path or endpoint
        self.texts: dict[str, tuple[str, ...]] = {}  # symbol -> the strings of the list it holds

    def assigned(self, owner: str, name: str, value: cst.BaseExpression) -> None:
        """`path = request.path`, `PUBLIC = ["login", "static"]`."""
        if self._is_path(value, owner):
            self.paths.setdefault(owner, set()).add(name)
        if (texts := _strings(value)) is not None:
            self.texts[f"{owner}.{name}"] = texts

    def patterns(self, node: cst.FunctionDef) -> Iterator[str]:
        """What the conditions among the statements of a function's body let through."""
        symbol = f"{self.walk.symbol}.{node.name.value}"
        for statement in node.body.body:
            match statement:
                case cst.SimpleStatementLine(body=[cst.Assign(targets=[target], value=value)]):
                    if isinstance(target.target, cst.Name):
                        self.assigned(symbol, target.target.value, value)
                case cst.If():
                    yield from self._let_through(statement, symbol) or ()

    def is_riddle(self, node: cst.If) -> bool:
        """Whether a condition is about the path and cannot be read."""
        symbol = self.walk.symbol
        about_path = any(self._is_path(each, symbol) for each in descendants(node.test))
        return about_path and self._let_through(node, symbol) is None

    def _let_through(self, node: cst.If, symbol: str) -> Patterns:
        """The patterns that a condition lets through; None for one that is about something else."""
        if _returns_nothing(node.body):
            return self._named(node.test, symbol)
        return self._spared(node.test, symbol)

    def _named(self, test: cst.BaseExpression, symbol: str) -> Patterns:
        """The routes for which a test holds."""
        match test:
            case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
                # `request.endpoint and request.endpoint.startswith("auth.")`
                parts = [self._named(each, symbol) for each in (left, right)]
                return next((part for part in reversed(parts) if part), None)
            case cst.BooleanOperation(left=left, right=right):
                one, other = self._named(left, symbol), self._named(right, symbol)
                return None if one is None or other is None else (*one, *other)
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                return _NOTHING_NAMED if self._is_path(inner, symbol) else None
            case cst.Comparison() if (compared := comparison(test)) is not None:
                return self._named_by(*compared, symbol)
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value="startswith")), args=[arg]):
                values = self._values(arg.value, symbol) if self._is_path(owner, symbol) else None
                return tuple(f"{value}*" for value in values) if values is not None else None
        return _NOTHING_NAMED if self._is_path(test, symbol) else None

    def _named_by(
        self, left: cst.BaseExpression, operator: cst.BaseCompOp, right: cst.BaseExpression, symbol: str
    ) -> Patterns:
        """`request.endpoint in PUBLIC`, `request.path == "/login"`; the method names no route."""
        if isinstance(left, cst.Attribute) and left.attr.value == "method":
            return _NOTHING_NAMED
        if not self._is_path(left, symbol):
            return None
        if isinstance(operator, cst.Is):
            return _NOTHING_NAMED
        return self._values(right, symbol) if isinstance(operator, cst.In | cst.Equal) else None

    def _spared(self, test: cst.BaseExpression, symbol: str) -> Patterns:
        """The routes that a test leaves out: `request.endpoint not in PUBLIC and "user" not in session`."""
        match test:
            case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
                parts = [self._spared(each, symbol) for each in (left, right)]
                known = [part for part in parts if part is not None]
                return tuple(each for part in known for each in part) if known else None
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                return self._named(inner, symbol)
            case cst.Comparison() if (compared := comparison(test)) is not None:
                left, operator, right = compared
                leaves_out = isinstance(operator, cst.NotIn | cst.NotEqual) and self._is_path(left, symbol)
                return self._values(right, symbol) if leaves_out else None
        return None

    def _values(self, node: cst.BaseExpression, symbol: str) -> Patterns:
        """The strings that a literal, or a name that holds one, stands for."""
        if (text := string_value(node)) is not None:
            return (text,)
        if (texts := _strings(node)) is not None:
            return texts
        if isinstance(node, cst.Name):
            local = self.texts.get(f"{symbol}.{node.value}")
            return local if local is not None else self.texts.get(self.walk.resolve(node) or "")
        return None

    def _is_path(self, node: cst.CSTNode, symbol: str) -> bool:
        match node:
            case cst.Attribute(value=owner, attr=cst.Name(value=name)):
                return name in _PATHS and self.walk.resolve(owner) in REQUEST
            case cst.Name(value=name):
                around = (scope.symbol for scope in self.walk.scopes)
                return any(name in self.paths.get(each, ()) for each in (*around, symbol))
            case cst.BooleanOperation(left=left, operator=cst.Or()):  # `request.endpoint or ""`
                return self._is_path(left, symbol)
        return False


def comparison(node: cst.Comparison) -> Compared | None:
    """Both sides and the operator of `a == b`; None for a chain."""
    if len(node.comparisons) != 1:
        return None
    return node.left, node.comparisons[0].operator, node.comparisons[0].comparator


def tail_of(func: cst.BaseExpression) -> str:
    """The last name of what is called."""
    match func:
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name
    return ""


def _returns_nothing(block: cst.BaseSuite) -> bool:
    """Whether a block is `return` or `return None`, alone."""
    match block:
        case (
            cst.IndentedBlock(body=[cst.SimpleStatementLine(body=[cst.Return(value=value)])])
            | cst.SimpleStatementSuite(body=[cst.Return(value=value)])
        ):
            return value is None or (isinstance(value, cst.Name) and value.value == "None")
    return False


def _strings(node: cst.BaseExpression) -> tuple[str, ...] | None:
    """The elements of a literal list of strings."""
    if isinstance(node, cst.Call) and tail_of(node.func) in ("set", "frozenset", "tuple", "list") and node.args:
        node = node.args[0].value
    if not isinstance(node, cst.List | cst.Tuple | cst.Set):
        return None
    found = [string_value(each.value) for each in node.elements]
    return None if None in found else tuple(each for each in found if each is not None)
