"""Where values come from: the names that an expression is made of, local names followed to what they were assigned.

Origins are text, so that facts can hold them: `user.org_id` of a parameter, `@app.deps.tenant_of()` of something
outside the function. A value of several names has all of them, separated by spaces; a literal has none.
"""

import builtins
from collections.abc import Iterator

import libcst as cst

from transforms.walk import Walk, below, dotted_name, string_value

MOST = 12  # origins of one value: more say nothing
LONGEST = 300
_MAPPINGS = frozenset({"session", "cookies", "headers"})  # of a request: `"user_id" in session` asks for that key


class Origins:
    """What the local names of the functions of one file come from, kept while the file is walked."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.known: dict[str, tuple[str, ...]] = {}  # symbol of a local name -> origins

    def of(self, node: cst.BaseExpression | None) -> tuple[str, ...]:
        """The origins of an expression, each once."""
        found: dict[str, None] = {}
        for name in _names(node) if node is not None else ():
            for origin in self._followed(name):
                found[origin] = None
        return tuple(found)[:MOST]

    def text(self, node: cst.BaseExpression | None) -> str:
        """The same as one text."""
        return " ".join(self.of(node))[:LONGEST]

    def assign(self, name: str, node: cst.BaseExpression) -> None:
        """From here on the local name is what the expression is."""
        if self.walk.function is not None:
            self.known[f"{self.walk.symbol}.{name}"] = self.of(node)

    def keep(self, name: str) -> None:
        """From here on the local name stands for itself: the row of a query, a new object."""
        self.known.pop(f"{self.walk.symbol}.{name}", None)

    def is_local(self, name: str) -> bool:
        """Whether a name belongs to a function around, rather than to the module or to Python."""
        return self._home(name) is not None or not (
            name in self.walk.imports or name in self.walk.scopes[0].names or hasattr(builtins, name)
        )

    def _followed(self, dotted: str) -> Iterator[str]:
        head, dot, rest = dotted.partition(".")
        if not self.is_local(head.removesuffix("()")):
            if not hasattr(builtins, head.removesuffix("()")):
                yield f"@{self.walk.resolve(head.removesuffix('()'))}{'()' * head.endswith('()')}{dot}{rest}"
            return
        home = self._home(head)
        known = self.known.get(f"{home}.{head}") if home else None
        if known is None:
            yield dotted
        elif len(known) == 1 or (known and known[0].endswith("()")):  # an attribute of what a call returned
            yield f"{known[0]}{dot}{rest}"
            yield from known[1:]
        else:
            yield from known

    def _home(self, name: str) -> str | None:
        for scope in reversed(self.walk.scopes[1:]):
            if scope.is_function and name in scope.names:
                return scope.symbol
        return None


def _names(node: cst.CSTNode) -> Iterator[str]:
    """Every dotted name in an expression; a key counts like an attribute: `claims["org"]` is `claims.org`."""
    if isinstance(node, cst.Lambda):
        return
    found = _dotted(node)
    if found is not None:
        yield found
    if isinstance(node, cst.Call):
        yield from _names(node.func) if found is None else ()
        for arg in node.args:
            yield from _names(arg.value)
    elif found is None:
        for child in below(node):
            yield from _names(child)


def _dotted(node: cst.CSTNode) -> str | None:
    match node:
        case cst.Name() | cst.Attribute():
            if (plain := dotted_name(node)) is not None:
                return plain
            base = _dotted(node.value) if isinstance(node, cst.Attribute) else None
            return f"{base}.{node.attr.value}" if base and isinstance(node, cst.Attribute) else None
        case cst.Subscript(value=value, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            base, text = _dotted(value), _name_of_header(string_value(key))
            return f"{base}.{text}" if base and text and text.isidentifier() else base
        case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value="get")), args=[first, *_]):
            base, text = _dotted(value), string_value(first.value)
            if base and text and text.isidentifier():
                return f"{base}.{text}"
            header = _name_of_header(text)
            named = f".{header}" if header and header.isidentifier() else ""
            return f"{base}.get(){named}" if base else None
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="getenv")) | cst.Name(value="getenv"), args=[first, *_]):
            base, text = _dotted(node.func), string_value(first.value)
            return f"{base}().{text}" if text and text.isidentifier() else f"{base}()"
        case cst.Call(func=cst.Name(value="getattr" | "hasattr"), args=[owner, named, *_]):
            base, text = _dotted(owner.value), string_value(named.value)
            return f"{base}.{text}" if base and text and text.isidentifier() else None
        case cst.Call(func=func):
            base = _dotted(func)
            return f"{base}()" if base else None
        case cst.Await(expression=inner):
            return _dotted(inner)
        case cst.Comparison(
            left=cst.SimpleString() as key,
            comparisons=[cst.ComparisonTarget(operator=cst.In() | cst.NotIn(), comparator=value)],
        ):
            base, text = _dotted(value), _name_of_header(string_value(key))
            of_mapping = base is not None and base.rpartition(".")[2] in _MAPPINGS
            return f"{base}.{text}" if of_mapping and text and text.isidentifier() else None
    return None


def _name_of_header(text: str | None) -> str | None:
    """`x_api_key` for the key "X-Api-Key": what headers are called."""
    return text.replace("-", "_").lower() if text is not None and "-" in text else text
