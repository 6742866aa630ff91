"""Views of Flask that are classes, and what guards them: `as_view`, `decorators`, `method_decorators`."""

import dataclasses
from collections.abc import Iterator

import libcst as cst

from transforms.concepts import How
from transforms.frameworks.python_guards import Draft, decorator_guard
from transforms.frameworks.python_references import reference
from transforms.walk import Walk, string_value

_LISTS = frozenset({"decorators", "method_decorators"})


@dataclasses.dataclass(frozen=True, slots=True)
class View:
    """What a registration serves: the reference of a function or class, and what is wrapped around it."""

    handler: str
    guards: tuple[Draft, ...] = ()


def view_of(walk: Walk, node: cst.BaseExpression) -> View | None:
    """`handler`, `Orders.as_view("orders")`, `login_required(Orders.as_view("orders"))`, `Orders` of a resource."""
    match node:
        case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value="as_view"))):
            found = reference(walk, owner)
            return View(found) if found is not None else None
        case cst.Call(func=func, args=[cst.Arg(value=inner)]):
            view = view_of(walk, inner)
            guard = decorator_guard(walk, func)
            if view is None or guard is None:
                return None
            return View(view.handler, (guard, *view.guards))
        case cst.Name() | cst.Attribute():
            found = reference(walk, node)
            return View(found) if found is not None else None
    return None


def listed_guards(walk: Walk, node: cst.ClassDef, symbol: str) -> Iterator[tuple[str, Draft]]:
    """Owner and guard of `decorators = [login_required]`, `method_decorators = {"post": [jwt_required()]}`."""
    for statement in node.body.body:
        match statement:
            case (
                cst.SimpleStatementLine(body=[cst.Assign(targets=[target], value=value)])
                | cst.SimpleStatementLine(body=[cst.AnnAssign(value=value) as target])
            ) if isinstance(target.target, cst.Name) and target.target.value in _LISTS:
                yield from _in_list(walk, value, symbol)


def _in_list(walk: Walk, value: cst.BaseExpression | None, owner: str) -> Iterator[tuple[str, Draft]]:
    match value:
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            for element in elements:
                if (draft := decorator_guard(walk, element.value, How.DECORATOR)) is not None:
                    yield owner, draft
        case cst.Dict(elements=items):
            for item in items:
                name = string_value(item.key) if isinstance(item, cst.DictElement) else None
                if name is not None:
                    yield from _in_list(walk, item.value, f"{owner}.{name.lower()}")
