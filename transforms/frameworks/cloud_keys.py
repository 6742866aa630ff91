"""Where the value of an argument comes from that carries a key: the code, the environment, a name, or who knows."""

from collections.abc import Iterable
from dataclasses import dataclass

import libcst as cst

from transforms.concepts_secrets import KeySource
from transforms.frameworks.secret_values import called, literals, text_of
from transforms.walk import Walk, dotted_name

_ORDER = (KeySource.UNKNOWN, KeySource.LITERAL, KeySource.GIVEN, KeySource.FILE, KeySource.ENVIRONMENT, KeySource.NONE)


@dataclass(frozen=True, slots=True)
class Key:
    """The source of a key, and the names it goes by."""

    source: KeySource
    names: tuple[str, ...] = ()


def key_of(walk: Walk, value: cst.BaseExpression, variables: tuple[str, ...]) -> Key:
    """Where an argument's value comes from; `variables` are those that the library would read by itself."""
    if isinstance(value, cst.Name) and value.value == "None":
        return Key(KeySource.NONE)
    variable = _variable(value)
    if variable is not None:
        return Key(KeySource.ENVIRONMENT if variable in variables else KeySource.GIVEN)
    if any(True for _ in literals(value)):
        return Key(KeySource.LITERAL)
    reference = walk.resolve(value) if isinstance(value, cst.Name | cst.Attribute) else None
    if reference is None:
        return Key(KeySource.UNKNOWN)
    function = walk.function
    local = function is not None and reference.startswith(f"{function.symbol}.")
    return Key(KeySource.UNKNOWN if local or _is_own(reference) else KeySource.GIVEN, (reference,))


def _is_own(reference: str) -> bool:
    """Whether it is an attribute of an object that somebody handed in."""
    return reference.partition(".")[0] in ("self", "cls")


def _variable(value: cst.BaseExpression) -> str | None:
    """The environment variable that is read without a default."""
    match value:
        case cst.Subscript(value=inner, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            is_environment = (dotted_name(inner) or "").endswith("environ")
            return text_of(key) if is_environment else None
        case cst.Call(func=func, args=[cst.Arg(value=key)]) if called(value) in ("getenv", "get"):
            dotted = dotted_name(func) or ""
            return text_of(key) if dotted.endswith(("getenv", "environ.get")) else None
    return None


def worst(keys: Iterable[Key]) -> Key:
    """What is to be said of several arguments together."""
    keys = tuple(keys)
    source = min((key.source for key in keys), key=_ORDER.index)
    return Key(source, tuple(name for key in keys for name in key.names))
