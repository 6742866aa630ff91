"""`Depends(...)` and `Security(...)` wherever they stand, as guards: the part both halves of FastAPI's reader share."""

import dataclasses
from collections.abc import Iterator

import libcst as cst

from transforms.concepts import How
from transforms.frameworks.python_guards import Draft
from transforms.frameworks.python_references import annotated_type, flags, reference
from transforms.walk import Walk, argument, dotted_name, string_value

_DEPENDS = frozenset({
    f"{module}.{name}"
    for module in ("fastapi", "fastapi.params", "fastapi.param_functions", "fastapi_injectable", "fast_depends")
    for name in ("Depends", "Security")
})  # fmt: skip


def is_depends(walk: Walk, node: cst.BaseExpression | None) -> bool:
    """Whether an expression is `Depends(...)` or `Security(...)` of FastAPI."""
    return isinstance(node, cst.Call) and walk.resolve(node.func) in _DEPENDS


def depends(
    walk: Walk, node: cst.BaseExpression | None, how: How, bound_to: str | None = None, type_: str | None = None
) -> Draft | None:
    """The guard that `Depends(x)` is; `Depends()` takes the parameter's type. None for another expression."""
    if not isinstance(node, cst.Call) or not is_depends(walk, node):
        return None
    inner = argument(node, "dependency", 0)
    target = _callable(walk, inner) if inner is not None else type_
    switches = flags(inner) if isinstance(inner, cst.Call) else ()
    return Draft(node, target or "", how, _scopes(node), bound_to, walk.code(node, 200), switches)


def annotation_guard(walk: Walk, node: cst.BaseExpression, how: How, bound_to: str | None = None) -> Draft | None:
    """The guard inside `Annotated[User, Depends(x)]`; the last one counts, as in FastAPI."""
    if not isinstance(node, cst.Subscript) or (dotted_name(node.value) or "").rpartition(".")[2] != "Annotated":
        return None
    values = [each.slice.value for each in node.slice if isinstance(each.slice, cst.Index)]
    type_ = annotated_type(walk, values[0])
    found = [draft for value in values[1:] if (draft := depends(walk, value, how, bound_to, type_)) is not None]
    return found[-1] if found else None


def listed(walk: Walk, node: cst.BaseExpression | None, how: How) -> Iterator[Draft]:
    """The guards in the value of `dependencies=`: a list, a sum of lists, or a name that stands for one."""
    match node:
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            for element in elements:
                yield from listed(walk, element.value, how)
        case cst.BinaryOperation(left=left, operator=cst.Add(), right=right):
            yield from listed(walk, left, how)
            yield from listed(walk, right, how)
        case cst.IfExp(body=body, orelse=orelse):  # either of them: shown as what cannot be told
            for branch in (body, orelse):
                yield from (dataclasses.replace(each, target="") for each in listed(walk, branch, how))
        case cst.Name(value="None") | None:
            return
        case _ if (draft := depends(walk, node, how)) is not None:
            yield draft
        case _:
            yield Draft(node, reference(walk, node) or "", how, code=walk.code(node, 200))


def _callable(walk: Walk, node: cst.BaseExpression) -> str | None:
    """The reference of what is called: `partial(f, x)` is `f`."""
    if isinstance(node, cst.Call) and walk.resolve(node.func) == "functools.partial" and node.args:
        return reference(walk, node.args[0].value)
    return reference(walk, node)


def _scopes(node: cst.Call) -> tuple[str, ...]:
    scopes = argument(node, "scopes")
    if not isinstance(scopes, cst.List | cst.Tuple):
        return ()
    return tuple(filter(None, (string_value(element.value) for element in scopes.elements)))
