"""What stands in front of an MCP server's tools: its token verifier or provider, its middleware, own decorators."""

from collections.abc import Iterator

import libcst as cst

from transforms.concepts import How
from transforms.frameworks.python_guards import Draft
from transforms.frameworks.python_references import flags, reference
from transforms.walk import Walk, argument, string_value

_VERIFIERS = ("token_verifier", "auth_server_provider")
_HOOKS = ("on_call_tool", "on_request", "on_message", "__call__")  # of FastMCP's middleware classes


def of_server(walk: Walk, call: cst.Call) -> list[Draft]:
    """The guards in the call that makes a server. `auth=AuthSettings(...)` says scopes; another value is a provider."""
    settings = argument(call, "auth")
    scopes = tuple(_scopes(settings))
    found = [draft for name in _VERIFIERS if (draft := _verifier(walk, argument(call, name), scopes)) is not None]
    if not found and not _is_settings(walk, settings):
        provider = _verifier(walk, settings, scopes)
        found = [provider] if provider is not None else []
    listed = argument(call, "middleware")
    for element in listed.elements if isinstance(listed, cst.List | cst.Tuple) else ():
        found += hooks(walk, element.value)
    return found


def of_call(walk: Walk, call: cst.Call) -> list[Draft]:
    """The guards in the call that serves a server: a verifier, middleware of its HTTP app."""
    verifier = _verifier(walk, argument(call, "token_verifier"), tuple(_scopes(argument(call, "auth"))))
    found = [verifier] if verifier is not None else []
    listed = argument(call, "middleware")
    for element in listed.elements if isinstance(listed, cst.List | cst.Tuple) else ():
        inner = argument(element.value, "cls", 0) if isinstance(element.value, cst.Call) else None
        if inner is not None and (target := reference(walk, inner)):
            found.append(Draft(element.value, target, How.MIDDLEWARE, code=target.rpartition(".")[2]))
    return found


def hooks(walk: Walk, node: cst.BaseExpression) -> Iterator[Draft]:
    """An object of a middleware class of FastMCP: each hook that its class may have."""
    target = reference(walk, node)
    for hook in _HOOKS if target is not None else ():
        yield Draft(node, f"{target}.{hook}", How.MIDDLEWARE, code=walk.code(node, 200))


def of_decorator(walk: Walk, node: cst.BaseExpression) -> Draft | None:
    """A decorator between a tool's and its function: it wraps the body."""
    called = node.func if isinstance(node, cst.Call) else node
    target = reference(walk, called)
    if target is None:
        return None
    return Draft(node, target, How.DECORATOR, literals(node), code=f"@{walk.code(node, 200)}")


def literals(node: cst.BaseExpression) -> tuple[str, ...]:
    """The strings that a call is given: the scopes of `require_scopes("orders:read", "orders:write")`."""
    given = (string_value(arg.value) for arg in node.args) if isinstance(node, cst.Call) else ()
    return tuple(filter(None, given))


def _verifier(walk: Walk, node: cst.BaseExpression | None, scopes: tuple[str, ...]) -> Draft | None:
    match node:
        case None | cst.Name(value="None"):
            return None
        case cst.Call():
            checks_otherwise = argument(node, "validate") is not None  # a function handed to a verifier for tests
            target = "" if checks_otherwise else reference(walk, node) or ""
            return Draft(node, target, How.VERIFIER, scopes, code=walk.code(node, 200), flags=flags(node))
    return Draft(node, reference(walk, node) or "", How.VERIFIER, scopes, code=walk.code(node, 200))


def _is_settings(walk: Walk, node: cst.BaseExpression | None) -> bool:
    return isinstance(node, cst.Call) and (walk.resolve(node.func) or "").endswith("AuthSettings")


def _scopes(node: cst.BaseExpression | None) -> Iterator[str]:
    """`required_scopes=[...]` of AuthSettings or of a provider."""
    listed = argument(node, "required_scopes") if isinstance(node, cst.Call) else None
    for element in listed.elements if isinstance(listed, cst.List | cst.Tuple) else ():
        if text := string_value(element.value):
            yield text
