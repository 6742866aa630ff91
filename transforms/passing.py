"""Who passes a check of a role that an app has: what a test must give somebody so that the check lets them in.

That is known only where the check asks one clear thing: a flag, a literal, a member of a class, or the literal that the
check is made with. For everything else the answer is "", and nothing is claimed.
"""

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.concepts_data import Condition

if TYPE_CHECKING:
    from transforms.app import App

# The caller, as conditions name them: what a guard handed in, or what a library knows; and one attribute of theirs.
_OF_CALLER = re.compile(
    r"(?:(?P<parameter>[a-z_]\w*)|@flask_login\.(?:utils\.)?current_user|(?:self\.)?request\.user)\.(?P<attribute>\w+)"
)
_FLAG = re.compile(r"is_(?:admin(?:istrator)?|super_?user|staff)|admin|superuser", re.IGNORECASE)
_ROLE = re.compile(r"(?:user_|account_)?(?:role|type)", re.IGNORECASE)
_ROLES = re.compile(r"(?:user_)?(?:roles|groups|permissions|scopes)", re.IGNORECASE)
_TAKEN_FOR_GRANTED = re.compile(r"\.(?:is_authenticated|is_active)$")


def who_passes(app: "App", check: str, code: str) -> str:
    """What somebody must have, as a keyword argument: `is_admin=True`, `role="admin"`, `role=models.Role.ADMIN`.

    `check` is the symbol of the check, `code` how it is written in front of a route.
    """
    made_by = check.removesuffix("()")
    found_in = app.roles.asked_in(made_by, leaving=True) or _answered(app, f"{made_by}.has_permission")
    condition = found_in or _answered(app, made_by)
    if condition is None:
        return ""
    asked = [each for each in condition.asked.split() if not _TAKEN_FOR_GRANTED.search(each)]
    found = [(each, attribute) for each in asked if (attribute := _attribute(app, condition, each))]
    if len(found) != 1:
        return ""
    (origin, attribute), others = found[0], [each for each in asked if each != found[0][0]]
    if not others:
        return _by_itself(condition, attribute)
    if len(others) > 1 or not any({origin, others[0]} == {pair.left, pair.right} for pair in condition.pairs):
        return ""
    return _member(app, attribute, others[0]) or _made_with(app, made_by, attribute, others[0], code)


def _answered(app: "App", predicate: str) -> Condition | None:
    """What a permission class answers by, if that is one condition."""
    found = [each for each in app.conditions.get(predicate, ()) if each.returned and not each.decided]
    return found[0] if len(found) == len(app.conditions.get(predicate, ())) == 1 else None


def _attribute(app: "App", condition: Condition, origin: str) -> str:
    """The attribute of the caller that an origin is; "" for anything else."""
    match = _OF_CALLER.fullmatch(origin)
    if match is None:
        return ""
    parameter, attribute = match["parameter"], str(match["attribute"])
    # what a predicate answers is about what it is handed: `user_passes_test(lambda user: user.is_superuser)`
    known = parameter is None or condition.returned or parameter in app.callers.principals(condition.function)
    return attribute if known and any(each.fullmatch(attribute) for each in (_FLAG, _ROLE, _ROLES)) else ""


def _by_itself(condition: Condition, attribute: str) -> str:
    """`not user.is_admin`, `user.role != "admin"`, `"admin" not in user.roles`."""
    if not condition.pairs and not condition.roles:
        return f"{attribute}=True" if _FLAG.fullmatch(attribute) else ""
    return _literal(attribute, condition.roles)


def _literal(attribute: str, roles: tuple[str, ...]) -> str:
    role = next((each for each in roles if "admin" in each.lower()), roles[0] if roles else "")
    if not role or _FLAG.fullmatch(attribute):
        return ""
    return f'{attribute}=["{role}"]' if _ROLES.fullmatch(attribute) else f'{attribute}="{role}"'


def _member(app: "App", attribute: str, other: str) -> str:
    """`user.role != Role.ADMIN`."""
    symbol = app.resolve(other.removeprefix("@"))
    class_ = app.classes.get(symbol.rpartition(".")[0])
    known = class_ is not None and symbol.rpartition(".")[2] in class_.members
    return f"{attribute}={symbol}" if known and other.startswith("@") and _ROLE.fullmatch(attribute) else ""


def _made_with(app: "App", made_by: str, attribute: str, parameter: str, code: str) -> str:
    """`user.role not in roles`, where the check is made as `require_role("admin")`."""
    factory = app.functions.get(made_by)
    names = [each.name for each in factory.parameters] if factory is not None else []
    if factory is None or parameter not in names:
        return ""
    index = names.index(parameter)
    starred = factory.parameters[index].starred
    roles = tuple(_texts(code, parameter, index, starred=starred))
    return _literal(attribute, roles)


def _texts(code: str, parameter: str, index: int, *, starred: bool) -> Iterator[str]:
    """The literals that a call gives to a parameter; none at all where one of them is no literal."""
    try:
        call = ast.parse(code, mode="eval").body
    except SyntaxError:
        return
    if not isinstance(call, ast.Call):
        return
    given = call.args[index:] if starred else call.args[index : index + 1]
    values = [*given, *(each.value for each in call.keywords if each.arg == parameter)]
    plain = [
        part for each in values for part in (each.elts if isinstance(each, ast.List | ast.Tuple | ast.Set) else [each])
    ]
    texts = [each.value for each in plain if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if len(texts) == len(plain):
        yield from texts
