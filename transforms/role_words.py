"""Words by which code speaks of roles, and the answers by which it refuses."""

import re

REFUSALS = frozenset({401, 403, 404})
VERIFYING = "authenticate"  # a method that answers nothing to whom it does not let in
# What speaks of a role when it is asked: an attribute, a key, a constant. Decides nothing alone.
ROLE = re.compile(
    r"(?:\w+_)?roles?|role_\w+|is_(?:\w+_)?(?:admin\w*|super\w*|staff|owner|manager|moderator|operator|root)|(?:\w+_)?permissions?"
    r"|perms?|has_(?:perm|role|scope)\w*|scopes?|groups?|privileges?|is_privileged|access_level|(?:user|account)_?type"
    r"|admin\w*|(?:\w+_)?admins?|super_?users?|(?:can|may)_\w+|can|authorities",
    re.IGNORECASE,
)  # fmt: skip
# Columns and fields by which an account has more rights than others.
PRIVILEGES = re.compile(
    r"(?:user_|account_)?roles?|(?:role|group)_ids?|is_(?:admin\w*|super_?user|staff|owner)|admin|super_?user"
    r"|permissions?|scopes?|groups?|access_level",
    re.IGNORECASE,
)
_NOT_ABOUT_CALLERS = re.compile(r"(?:_|^)(?:url|path|page|prefix|template|port|html)$", re.IGNORECASE)
# `request.scope["type"]` of an ASGI server is no scope of a token.
_OF_SERVER = re.compile(
    r"\.scope\.\w+(?:\(\))?$|^scope\.(?:type|path|raw_path|root_path|method|scheme|headers|query_string|client|server|state|app)$"
)
_ON_CONNECTION = re.compile(r"^(?:.*[.@])?(?:connection|conn|request|req|websocket|ws)\.scope\.(?=\w+\.)")


def speaks_of_roles(origin: str) -> bool:
    """Whether something that is asked is called like a role, a permission, a flag of administrators."""
    origin = _ON_CONNECTION.sub("", origin)
    parts = origin.removeprefix("@").split(".")[-3:]
    return any(
        ROLE.fullmatch(part.removesuffix("()")) is not None and _NOT_ABOUT_CALLERS.search(part) is None
        for part in (parts[-1:] if _OF_SERVER.search(origin) else parts)
    )
