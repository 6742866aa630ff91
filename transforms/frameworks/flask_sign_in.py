"""How a Flask login gets a sign-in at an identity provider beside it: one more view, which goes on as the login does.

The view stands below the login on the same blueprint, and asks the inserted module for the address. So whatever the
login does once the password was right is done here by the same lines, and the login stays as it is.
"""

from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import PasswordCheck, Route
from transforms.edit_kinds import CopyFunction, Edit, ImportOf
from transforms.reuse import defined_in
from transforms.walk import argument, string_value

if TYPE_CHECKING:
    from transforms.app import App

CALLBACK = "/sign-in/callback"
_VERBS = frozenset({"post", "route"})
_LIMITS = ".limit("  # of a rate limiter: what it wraps is wrapped in the copy, too
_NEEDED = ("sign_in_pages", "verified_email")
_REFUSAL = """if {missing}:
    # Signing in at the provider makes no account: whoever has none here is refused.
    abort(403, "There is no account for this address")"""
_HEAD = '''{decorators}
def {name}_at_provider():
    """What `{name}` does, for somebody who signed in at the provider: it has verified the address."""
    {address} = verified_email()'''


def sign_in_at_provider(app: "App", route: Route, check: PasswordCheck, module: str) -> tuple[Edit, ...] | str:
    """The edits that add the callback below a login, or why there is no place for it."""
    registered = _registered(check)
    if registered is None or check.is_async:
        return f"{route.name} is not a plain function that is registered by a decorator above it"
    if check.parameters:
        return f"{route.name} takes `{check.parameters[0][0]}` from its path"
    facts, name = app.files[route.file], check.function.rpartition(".")[2]
    taken = {*dict(facts.imports), *(each.rpartition(".")[2] for each in defined_in(app, route.file))}
    if taken & {*_NEEDED, f"{name}_at_provider"}:
        return "its module has other things of the names that are needed"
    owner, folder = registered
    address = "email"
    decorators = "\n".join(
        (f'@{owner}.route("{folder}{CALLBACK}")', *(f"@{code}" for code in check.decorators if _LIMITS in code))
    )
    changes = [(place, _REFUSAL.format(missing=missing)) for place, missing in check.refusals]
    changes += [(place, address) for place in check.identities]
    changes += [*((place, "") for place in check.left_out), *check.instead]
    hoisted = tuple((place, _REFUSAL.format(missing=test) if test else "") for place, test in check.hoisted)
    prefix = f', url_prefix="{folder}"' if folder else ""
    below = f"{owner}.register_blueprint(sign_in_pages{prefix})"
    head = _HEAD.format(decorators=decorators, name=name, address=address)
    imports = (ImportOf("flask", "abort"), *(ImportOf(module, each) for each in _NEEDED))
    return (CopyFunction(route.file, check.place, head, tuple(changes), hoisted, below, imports),)


def _registered(check: PasswordCheck) -> tuple[str, str] | None:
    """The blueprint or app, and the folder of the login's path; None for a login of another kind."""
    found = None
    for code in check.decorators:
        call = cst.parse_expression(code)
        match call:
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=verb))) if verb in _VERBS:
                path = argument(call, "rule", 0)
                text = string_value(path) if path is not None else None
                if text is None or "<" in text or found is not None:
                    return None
                found = (cst.Module([]).code_for_node(owner), text.rstrip("/").rpartition("/")[0])
            case _ if _LIMITS not in code:
                return None
    return found
