"""Shapes of code in logins: forms, fields, conditions, and what a column or a key is compared with."""

import re
from collections.abc import Iterator, Sequence

import libcst as cst

from transforms.frameworks.python_references import reference
from transforms.walk import Walk, descendants, string_value

# What a request is asked that says nothing of who is calling, or only for the log.
_HARMLESS = frozenset({
    "remote_addr", "headers", "user_agent", "access_route", "id", "endpoint", "host", "host_url", "url_root", "client",
    "state", "app", "session", "META", "url",
})  # fmt: skip
PLAIN = frozenset({"strip", "lower", "casefold", "encode"})  # what is done to an address or a password that stays one


def is_posting(test: cst.BaseExpression) -> bool:
    """`request.method == "POST"`, `form.validate_on_submit()`."""
    match test:
        case cst.Comparison(
            left=cst.Attribute(attr=cst.Name(value="method")),
            comparisons=[cst.ComparisonTarget(operator=cst.Equal(), comparator=other)],
        ):
            return string_value(other) == "POST"
    return bool(validated_form(test))


def validated_form(test: cst.BaseExpression) -> str:
    """`form` of `form.validate_on_submit()`."""
    match test:
        case cst.Call(func=cst.Attribute(value=cst.Name(value=form), attr=cst.Name(value="validate_on_submit"))):
            return form
    return ""


def valid_form(test: cst.BaseExpression) -> str:
    """`form` of `form.is_valid()`."""
    match test:
        case cst.Call(func=cst.Attribute(value=cst.Name(value=form), attr=cst.Name(value="is_valid")), args=[]):
            return form
    return ""


def assigned(statement: cst.CSTNode) -> Iterator[tuple[str, cst.BaseExpression]]:
    for each in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
        match each:
            case cst.Assign(targets=targets, value=value):
                yield from ((t.target.value, value) for t in targets if isinstance(t.target, cst.Name))
            case cst.AnnAssign(target=cst.Name(value=name), value=cst.BaseExpression() as value):
                yield name, value


def joined(test: cst.BaseExpression, operator: type[cst.BaseBooleanOp]) -> Iterator[cst.BaseExpression]:
    """The parts of `a or b or c`."""
    if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, operator):
        yield from joined(test.left, operator)
        yield from joined(test.right, operator)
    else:
        yield test


def is_harmless(node: cst.Attribute | cst.Subscript) -> bool:
    match node:
        case cst.Attribute(value=cst.Name(value="request"), attr=cst.Name(value=name)):
            return name in _HARMLESS
    return False


def parts_of(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    for each in joined(test, cst.Or):
        yield from joined(each, cst.And)


def called(node: cst.BaseExpression) -> cst.Call | None:
    inner = node.expression if isinstance(node, cst.Await) else node
    return inner if isinstance(inner, cst.Call) else None


def is_bare(value: cst.BaseExpression) -> bool:
    """A name, whatever is done to its case and white space."""
    match value:
        case cst.Name():
            return True
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value=name)), args=[]):
            return name in PLAIN and is_bare(inner)
    return False


def is_missing(test: cst.BaseExpression, account: str) -> bool:
    """`not user`, `user is None`."""
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=cst.Name(value=name)):
            return name == account
        case cst.Comparison(
            left=cst.Name(value=name),
            comparisons=[cst.ComparisonTarget(operator=cst.Is() | cst.Equal(), comparator=cst.Name(value="None"))],
        ):
            return name == account
    return False


def is_there(test: cst.BaseExpression, account: str) -> bool:
    """`user`, `user is not None`."""
    match test:
        case cst.Name(value=name):
            return name == account
        case cst.Comparison(
            left=cst.Name(value=name),
            comparisons=[cst.ComparisonTarget(operator=cst.IsNot(), comparator=cst.Name(value="None"))],
        ):
            return name == account
    return False


def root_of(node: cst.BaseExpression) -> str:
    """The name that an expression begins with."""
    while True:
        match node:
            case cst.Attribute(value=inner) | cst.Subscript(value=inner) | cst.Call(func=inner):
                node = inner
            case cst.Await(expression=inner):
                node = inner
            case cst.Name(value=name):
                return name
            case _:
                return ""


def comparisons(walk: Walk, statement: cst.CSTNode) -> Iterator[tuple[str, cst.BaseExpression]]:
    """What is compared with a column or a key, and what a function is handed."""
    for each in descendants(statement):
        match each:
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=cst.Equal(), comparator=right)]):
                yield from ((name, value) for one, value in ((left, right), (right, left)) if (name := column(one)))
            case cst.Call(func=func, args=args):
                target = reference(walk, func) or ""
                if target.rpartition(".")[2] in ("execute", "fetchrow", "fetch_one", "query") and args:
                    yield from placed(args)
                elif target.rpartition(".")[2] in _FILTERS and args and isinstance(args[0].value, cst.Dict):
                    yield from keys(args[0].value)
                for position, arg in enumerate(args):
                    if arg.keyword is not None and target.rpartition(".")[2] in _FILTERS:
                        yield arg.keyword.value.partition("__")[0], arg.value
                    elif target and not arg.star and "." in target:
                        where = arg.keyword.value if arg.keyword is not None else str(position)
                        yield f"{target}#{where}()", arg.value


def placed(args: Sequence[cst.Arg]) -> Iterator[tuple[str, cst.BaseExpression]]:
    """What stands for the places of a statement: `"... WHERE email = ?", (email,)`."""
    text = next((text for each in descendants(args[0].value) if (text := text_of(each))), "")
    values = args[1].value if len(args) == 2 else None
    elements = values.elements if isinstance(values, cst.Tuple | cst.List) else ()
    columns = _COLUMN.findall(text)
    if len(columns) == len(elements) == len(_PLACE.findall(text)):
        yield from ((column, each.value) for column, each in zip(columns, elements, strict=True))
    if isinstance(values, cst.Dict):
        by_name = {name: column for column, name in _NAMED_COLUMN.findall(text)}
        yield from ((by_name[key], value) for key, value in keys(values) if key in by_name)


def text_of(node: cst.CSTNode) -> str:
    return (string_value(node) or "") if isinstance(node, cst.SimpleString | cst.ConcatenatedString) else ""


_COLUMN = re.compile(r"(\w+)\)?\s*=\s*(?:lower\()?(?:\?|%s|\$\d)", re.IGNORECASE)
_PLACE = re.compile(r"\?|%s|\$\d")
_NAMED_COLUMN = re.compile(r"(\w+)\)?\s*=\s*(?:lower\()?(?::|%\()(\w+)", re.IGNORECASE)


def executes(statement: cst.CSTNode) -> list[str]:
    """`cursor` of `cursor.execute(...)`: what it finds is asked of it afterwards."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call(func=cst.Attribute(value=owner, attr=attr)))]):
            return [owner.value] if isinstance(owner, cst.Name) and attr.value == "execute" else []
    return []


def keys(node: cst.Dict) -> Iterator[tuple[str, cst.BaseExpression]]:
    for element in node.elements:
        if isinstance(element, cst.DictElement) and (name := string_value(element.key)):
            yield name, element.value


_FILTERS = frozenset({"filter_by", "get", "get_or_none", "filter", "first", "get_or_404", "find_one"})


def column(node: cst.BaseExpression) -> str:
    """`User.email`, `func.lower(User.email)`."""
    match node:
        case cst.Attribute(attr=cst.Name(value=name)):
            return name
        case cst.Call(args=[cst.Arg(value=inner)]):
            return column(inner)
    return ""
