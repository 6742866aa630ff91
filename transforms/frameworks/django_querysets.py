"""Whether the rows that a view of REST framework works on are those of whoever is calling.

`get_queryset()` says which rows there are for all that the library does: listing them, and finding one by its key.
"""

from collections.abc import Iterator, Sequence

import libcst as cst

from transforms.walk import descendants, dotted_name

_KEYS = frozenset({"id", "pk", "user", "user_id", "owner", "owner_id", "account", "account_id"})
_OF_CALLER = ("", ".id", ".pk")
_ROLES = frozenset({"is_staff", "is_superuser"})


def gives_own_rows(node: cst.FunctionDef) -> bool:
    """Whether all that it answers is narrowed to the caller, but for what it answers to staff."""
    callers = _callers(node)
    answers = [each for each in _returned(node.body.body) if not _is_nothing(each)]
    return bool(answers) and all(_is_narrowed(each, callers) for each in answers)


def _callers(node: cst.FunctionDef) -> frozenset[str]:
    """How the function speaks of the caller."""
    found = {"request.user", "self.request.user"}
    for each in descendants(node.body, cst.Assign):
        target = each.targets[0].target
        if isinstance(target, cst.Name) and dotted_name(each.value) in found:
            found.add(target.value)
    return frozenset(found)


def _returned(statements: Sequence[cst.CSTNode]) -> Iterator[cst.BaseExpression | None]:
    """What is answered to those who have no role."""
    for statement in statements:
        match statement:
            case cst.SimpleStatementLine(body=[*_, cst.Return(value=value)]):
                yield value
            case cst.If(test=test, body=body, orelse=orelse):
                if not _asks_for_staff(test):
                    yield from _returned(body.body)
                if isinstance(orelse, cst.If):
                    yield from _returned([orelse])
                elif orelse is not None:
                    yield from _returned(orelse.body.body)
            case cst.BaseCompoundStatement():
                yield from (each.value for each in descendants(statement, cst.Return))


def _asks_for_staff(test: cst.BaseExpression) -> bool:
    match test:
        case cst.Attribute(attr=cst.Name(value=name)):
            return name in _ROLES
        case cst.BooleanOperation(left=left, operator=cst.Or(), right=right):
            return _asks_for_staff(left) and _asks_for_staff(right)
        case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
            return _asks_for_staff(left) or _asks_for_staff(right)
    return False


def _is_nothing(value: cst.BaseExpression | None) -> bool:
    return isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute) and value.func.attr.value == "none"


def _is_narrowed(value: cst.BaseExpression | None, callers: frozenset[str]) -> bool:
    """`self.queryset.filter(id=self.request.user.id)`, whatever stands around it."""
    while isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute):
        if value.func.attr.value == "filter" and any(_is_of_caller(each, callers) for each in value.args):
            return True
        value = value.func.value
    return False


def _is_of_caller(arg: cst.Arg, callers: frozenset[str]) -> bool:
    if arg.keyword is None or arg.keyword.value not in _KEYS:
        return False
    compared = dotted_name(arg.value) or ""
    return any(compared == f"{caller}{end}" for caller in callers for end in _OF_CALLER)
