"""What expressions refer to: names, attributes and calls as one dotted reference.

`()` in a reference reads "the result of calling": `app.deps.require_role()`, `app.auth.JWTBearer().verify`.
"""

import builtins
import re
from collections.abc import Callable, Iterable

import libcst as cst

from transforms.walk import Walk, argument, dotted_name, string_value

LONGEST = 120  # characters of a reference
_TYPE_WRAPPERS = frozenset({"Annotated", "Optional", "Final", "ClassVar", "Required", "NotRequired"})
_LOWER_PATH = re.compile(r"(?:/[a-z0-9_.{}-]{1,24}){1,6}/?|v\d{1,2}|api")
_PATH_OF_CONSTANTS = re.compile(r"(?:<[\w.]+>|/[a-z0-9_.{}-]{0,24}){1,6}")
_HAS_DEFAULT = frozenset({"getenv", "get", "Field"})

Naming = Callable[[str], str | None]


def reference(walk: Walk, node: cst.BaseExpression, naming: Naming | None = None) -> str | None:
    """The reference of an expression; None for one that is no name, attribute or call. `naming` resolves its head."""
    match node:
        case cst.Await(expression=inner):
            return reference(walk, inner, naming)
        case cst.Name(value=name):
            return naming(name) if naming is not None else named(walk, name)
        case cst.Attribute(value=cst.Name(value="self" | "cls"), attr=attr) if owner := owner_class(walk):
            return f"{owner}.{attr.value}"
        case cst.Attribute(value=value, attr=attr):
            base = reference(walk, value, naming)
            return _short(f"{base}.{attr.value}") if base else None
        case cst.Call(func=cst.Subscript(value=func)) | cst.Call(func=func):
            base = reference(walk, func, naming)
            return _short(f"{base}()") if base else None
    return None


def named(walk: Walk, name: str) -> str:
    """The reference of a bare name; one that nobody binds may come from a star import."""
    resolved = walk.resolve(name) or name
    unbound = "." not in resolved and name not in walk.imports and "*" in walk.imports
    return f"{walk.module}.{name}" if unbound and not hasattr(builtins, name) else resolved


def flags(call: cst.Call) -> tuple[str, ...]:
    """The keyword arguments that are a literal True or False: ("auto_error=False",)."""
    return tuple(
        f"{arg.keyword.value}={arg.value.value}"
        for arg in call.args
        if arg.keyword is not None and isinstance(arg.value, cst.Name) and arg.value.value in ("True", "False")
    )


def annotated_type(walk: Walk, node: cst.BaseExpression) -> str | None:
    """The reference that an annotation is about: `Annotated[User, ...]`, `User | None`, `"User"` -> User."""
    match node:
        case cst.SimpleString():
            text = string_value(node) or ""
            return walk.resolve(text) if text.replace(".", "").isidentifier() else None
        case cst.Subscript(value=head, slice=[cst.SubscriptElement(slice=cst.Index(value=first)), *_]):
            name = (dotted_name(head) or "").rpartition(".")[2]
            return annotated_type(walk, first) if name in _TYPE_WRAPPERS else walk.resolve(head)
        case cst.BinaryOperation(left=left, operator=cst.BitOr(), right=right):
            return annotated_type(walk, right if isinstance(left, cst.Name) and left.value == "None" else left)
    return walk.resolve(node)


def module_value(walk: Walk, name: str) -> cst.BaseExpression | None:
    """What the module of a walk last binds a name to, in a plain assignment at its top."""
    found: cst.BaseExpression | None = None
    for line in walk.tree.body:
        match line:
            case cst.SimpleStatementLine(
                body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=target))], value=value)]
            ) if target == name:
                found = value
    return found


def owner_class(walk: Walk) -> str | None:
    """The symbol of the class whose method the walk is in."""
    for inner, outer in zip(reversed(walk.scopes), reversed(walk.scopes[:-1]), strict=False):
        if inner.is_function and isinstance(outer.node, cst.ClassDef):
            return outer.symbol
    return None


def url_path(walk: Walk, node: cst.BaseExpression | None, spelled: Callable[[str], str] = str) -> str | None:
    """A URL path as text; a constant in it stands as `<reference>` for the join to fill in. None: not readable.

    `spelled` gives the literal parts the form `{name}` where a framework spells parameters otherwise.
    """
    match node:
        case cst.Name() | cst.Attribute():
            found = walk.resolve(node)
            return f"<{found}>" if found else None
        case cst.FormattedString(parts=parts):
            return _joined(_formatted_part(walk, part, spelled) for part in parts)
        case cst.BinaryOperation(left=left, operator=cst.Add(), right=right):
            return _joined((url_path(walk, left, spelled), url_path(walk, right, spelled)))
    text = string_value(node) if node is not None else None
    return spelled(text) if text is not None else None


def path_constant(walk: Walk, node: cst.BaseExpression | None) -> str | None:
    """The value of a constant that is a plain lower-case URL path such as "/api/v1"; None for anything else.

    An f-string of constants counts, and so does the default of `os.getenv(...)` or `Field(...)`.
    """
    match node:
        case cst.FormattedString():
            text = url_path(walk, node)
            return text if text is not None and _PATH_OF_CONSTANTS.fullmatch(text) else None
        case cst.Call(args=[*_, last]) if (dotted_name(node.func) or "").rpartition(".")[2] in _HAS_DEFAULT:
            return path_constant(walk, argument(node, "default") or last.value)
    text = string_value(node) if node is not None else None
    return text if text is not None and _LOWER_PATH.fullmatch(text) else None


def _formatted_part(walk: Walk, part: cst.BaseFormattedStringContent, spelled: Callable[[str], str]) -> str | None:
    match part:
        case cst.FormattedStringText(value=value):
            return spelled(value.replace("{{", "{").replace("}}", "}"))
        case cst.FormattedStringExpression(expression=expression):
            return url_path(walk, expression, spelled)
    return None


def _joined(parts: Iterable[str | None]) -> str | None:
    found = list(parts)
    known = [part for part in found if part is not None]
    return "".join(known) if len(known) == len(found) else None


def _short(text: str) -> str | None:
    return text if len(text) <= LONGEST else None
