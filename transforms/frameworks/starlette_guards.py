"""What stands before a route of Starlette: middleware in a list, and the backend that says who is calling."""

import dataclasses
from collections.abc import Iterator

import libcst as cst

from transforms.concepts import How
from transforms.frameworks.python_guards import Draft, decorator_guard
from transforms.frameworks.python_references import reference
from transforms.walk import Walk, argument, descendants, dotted_name, string_value

REQUIRES = "starlette.authentication.requires"
SIGNED_IN = "authenticated"  # what Starlette's documentation has backends say of whoever is signed in
SCOPES = "auth_scope"  # a Setting: what a backend says of whoever is signed in
BACKEND = "AuthenticationMiddleware"  # the code of a guard that asks a backend of the app


def middleware(walk: Walk, node: cst.BaseExpression | None) -> Iterator[Draft]:
    """`middleware=[Middleware(X)]`; for an authentication of the app's own, what its backend does."""
    for element in node.elements if isinstance(node, cst.List | cst.Tuple) else ():
        inner = argument(element.value, "cls", 0) if isinstance(element.value, cst.Call) else None
        if isinstance(element.value, cst.Call) and inner is not None and (target := reference(walk, inner)):
            yield of_middleware(walk, element.value, target)


def of_middleware(walk: Walk, call: cst.Call, target: str) -> Draft:
    """The guard that a middleware is; one that asks a backend is what that backend does."""
    name = target.rpartition(".")[2]
    backend = argument(call, "backend", 1) if name == BACKEND else None
    asked = reference(walk, backend) if backend is not None else None
    if asked is not None:
        target = f"{asked.removesuffix('()')}.authenticate"
    is_added = isinstance(call.func, cst.Attribute) and call.func.attr.value == "add_middleware"
    code = name if is_added else walk.code(call, 200)
    return Draft(call, target, How.MIDDLEWARE, code=code)


def decorating(walk: Walk, node: cst.BaseExpression) -> Draft | None:
    """The guard that a decorator is; `@requires` with more than a signed-in caller asks for scopes."""
    draft = decorator_guard(walk, node)
    if draft is None or draft.target != REQUIRES or not isinstance(node, cst.Call):
        return draft
    asked = argument(node, "scopes", 0)
    named = [each.value for each in asked.elements] if isinstance(asked, cst.List | cst.Tuple) else [asked]
    words = [string_value(each) if each is not None else None for each in named]
    more = tuple(word or "a scope that is not written there" for word in words if word != SIGNED_IN)
    return dataclasses.replace(draft, scopes=more)


def refuses_everybody_unknown(walk: Walk, node: cst.FunctionDef) -> bool:
    """Whether a backend raises for everybody whom it does not know, instead of leaving them anonymous."""
    body = node.body.body
    if node.name.value != "authenticate" or not body:
        return False
    returns = [each for each in descendants(node.body) if isinstance(each, cst.Return)]
    raises = [each for each in descendants(node.body) if isinstance(each, cst.Raise) and each.exc is not None]
    nobody = any(each.value is None or dotted_name(each.value) == "None" for each in returns)
    return not nobody and bool(returns) and _ends(body[-1]) and any(_is_refusal(walk, each) for each in raises)


def scopes_given(walk: Walk, node: cst.Call) -> Iterator[str]:
    """`AuthCredentials(["authenticated"])`: the scopes that it names literally."""
    if not (walk.resolve(node.func) or "").endswith("AuthCredentials"):
        return
    named = argument(node, "scopes", 0)
    for each in named.elements if isinstance(named, cst.List | cst.Tuple) else ():
        if text := string_value(each.value):
            yield text


def _is_refusal(walk: Walk, node: cst.Raise) -> bool:
    raised = node.exc.func if isinstance(node.exc, cst.Call) else node.exc
    named = walk.resolve(raised) if isinstance(raised, cst.Name | cst.Attribute) else None
    return (named or "").endswith("AuthenticationError")


def _ends(statement: cst.CSTNode) -> bool:
    """Whether nothing falls out of a function's last statement."""
    match statement:
        case cst.SimpleStatementLine(body=[*_, cst.Return() | cst.Raise()]):
            return True
        case cst.Try(body=body, handlers=handlers):
            return _ends(body.body[-1]) and all(_ends(each.body.body[-1]) for each in handlers)
        case cst.If(body=body, orelse=cst.Else(body=other)):
            return _ends(body.body[-1]) and _ends(other.body[-1])
    return False
