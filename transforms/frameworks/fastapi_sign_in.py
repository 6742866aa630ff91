"""How a FastAPI login gets a sign-in at an identity provider beside it: one more route, which goes on as it does.

The route stands below the login on the same router, and is told the address by a dependency of the inserted module. So
whatever the login does once the password was right (which accounts are let in, which tokens, rows and cookies are made)
is done here by the same lines, and the login stays as it is.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import PasswordCheck, Route
from transforms.edit_kinds import CopyFunction, Edit, ImportOf
from transforms.reuse import defined_in
from transforms.walk import argument, string_value

if TYPE_CHECKING:
    from transforms.app import App

CALLBACK = "/sign-in/callback"
LONGEST_LINE = 110
# What a framework hands a function that is not the caller's to choose.
_HANDED = frozenset({"Request", "Response", "BackgroundTasks", "HTTPConnection"})
_VERBS = frozenset({"post", "api_route", "route"})
_KEPT = (
    "dependencies", "response_model", "response_class", "response_model_exclude", "response_model_exclude_none",
)  # fmt: skip
_LIMITS = ".limit("  # of a rate limiter: what it wraps is wrapped in the copy, too
_NEEDED = ("sign_in_router", "verified_email")
_REFUSAL = """if {missing}:
    # Signing in at the provider makes no account: whoever has none here is refused.
    raise HTTPException(status_code=403, detail="There is no account for this address")"""
_DOCSTRING = (
    '''    """What `{name}` does, for somebody who signed in at the provider: it has verified the address."""'''
)


def sign_in_at_provider(app: "App", route: Route, check: PasswordCheck, module: str) -> tuple[Edit, ...] | str:
    """The edits that add the callback below a login, or why there is no place for it."""
    registered = _registered(check)
    if registered is None:
        return f"{route.name} is not registered by a decorator above its function"
    if more := _asks_more(app, check):
        return f"{route.name} asks for more than address and password (`{more}`)"
    check = replace(check, given=_dropped(app, check))
    facts, name = app.files[route.file], check.function.rpartition(".")[2]
    taken = {*dict(facts.imports), *(each.rpartition(".")[2] for each in defined_in(app, route.file))}
    if taken & {*_NEEDED, f"{name}_at_provider"}:
        return "its module has other things of the names that are needed"
    owner, decorator, folder = registered
    address = check.identity if check.identity.isidentifier() else "email"
    head = "\n".join((*_limits(check), decorator, _def(check, name, address), _DOCSTRING.format(name=name)))
    changes = [(place, _REFUSAL.format(missing=missing)) for place, missing in check.refusals]
    changes += [(place, address) for place in check.identities if address != check.identity]
    changes += [*((place, "") for place in check.left_out), *check.instead]
    hoisted = tuple((place, _REFUSAL.format(missing=test) if test else "") for place, test in check.hoisted)
    prefix = f', prefix="{folder}"' if folder else ""
    needed = (ImportOf(module, each) for each in _NEEDED)
    imports = (
        ImportOf("typing", "Annotated"),
        ImportOf("fastapi", "Depends"),
        ImportOf("fastapi", "HTTPException"),
        *needed,
    )
    below = f"{owner}.include_router(sign_in_router{prefix})"
    return (CopyFunction(route.file, check.place, head, tuple(changes), hoisted, below, imports),)


def _registered(check: PasswordCheck) -> tuple[str, str, str] | None:
    """The router, the decorator of the callback, and the folder that it is in; None for a login of another kind."""
    found = None
    for code in check.decorators:
        call = cst.parse_expression(code)
        match call:
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=verb))) if verb in _VERBS:
                path = argument(call, "path", 0)
                text = string_value(path) if path is not None else None
                if text is None or "{" in text:
                    return None
                folder = text.rstrip("/").rpartition("/")[0]
                found = (_code(owner), _decorator(_code(owner), folder, call), folder)
            case _ if _LIMITS not in code:
                return None
    return found


def _decorator(owner: str, folder: str, call: cst.Call) -> str:
    kept = ((each, argument(call, each)) for each in _KEPT)
    said = "".join(f", {keyword}={_code(value)}" for keyword, value in kept if value is not None)
    return f'@{owner}.get("{folder}{CALLBACK}", include_in_schema=False{said})'


def _limits(check: PasswordCheck) -> list[str]:
    return [f"@{code}" for code in check.decorators if _LIMITS in code]


def _def(check: PasswordCheck, name: str, address: str) -> str:
    """The address comes first: whoever is refused there, for whom nothing else is opened or looked up."""
    kept = [code for parameter, code in check.parameters if parameter not in (*check.given, address)]
    listed = [f"{address}: Annotated[str, Depends(verified_email)]", *kept]
    begin, returns = "async def" if check.is_async else "def", f" -> {check.returns}" if check.returns else ""
    line = f"{begin} {name}_at_provider({', '.join(listed)}){returns}:"
    if len(line) <= LONGEST_LINE:
        return line
    return "\n".join((f"{begin} {name}_at_provider(", *(f"    {each}," for each in listed), f"){returns}:"))


def _dropped(app: "App", check: PasswordCheck) -> tuple[str, ...]:
    """The parameters that the copy does without: the request itself stays, whatever was read from it."""
    known = {each.name: (each.reference or "").rpartition(".")[2] for each in app.functions[check.function].parameters}
    return tuple(each for each in check.given if known.get(each) not in _HANDED)


def _asks_more(app: "App", check: PasswordCheck) -> str:
    """A parameter that the caller fills in besides."""
    function = app.functions[check.function]
    bound = {guard.bound_to for guard in function.guards}
    for each in function.parameters:
        known = each.name in check.given or each.name == check.identity or each.name in bound
        by_default = (each.default or "").startswith(("Depends(", "Security("))
        if not known and not by_default and (each.reference or "").rpartition(".")[2] not in _HANDED:
            return each.name
    return ""


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)
