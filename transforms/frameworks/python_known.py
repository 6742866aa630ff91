"""What is known of a value while a function is followed for somebody unknown, and what follows from it."""

import dataclasses
from collections.abc import Iterable
from enum import Enum
from typing import Any

import libcst as cst

from transforms.concepts import Says

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Thing(Enum):
    """What is known without being a plain value."""

    UNSURE = "unsure"
    REQUEST = "request"
    USER = "user"  # an anonymous one
    OWNER = "owner"  # the object whose method is followed, or the view that a predicate is told
    NO_ROWS = "no rows"  # what an anonymous user has of anything
    NO_CREDENTIALS = "no credentials"  # headers, cookies, session of a stranger
    SUPER = "super"
    INHERITED = "inherited"  # the list of predicates that the class above gives


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """Something that is known by its reference: a class, or what calling it makes."""

    reference: str
    called: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Asks:
    """The answer of another class: "super" or a reference."""

    whom: str


@dataclasses.dataclass(frozen=True, slots=True)
class Composed:
    """Predicates joined by `|`, `&` and `~`: in every group one has to say yes."""

    groups: tuple[tuple[str, ...], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Bound:
    """A method of something that is known."""

    of: Any
    name: str


class Written(tuple[Any, ...]):
    """A list that stands in the code, so that it can be found again."""

    node: cst.BaseExpression

    @classmethod
    def at(cls, node: cst.BaseExpression, values: Iterable[Any]) -> "Written":
        """The values of a list, or of what goes through its elements one by one."""
        found = cls(values)
        found.node = node
        return found


class Table(dict[str, Any]):
    """A dictionary that stands in the code, with keys that are texts."""


class Refused(Exception):
    """A stranger's request ends here: an error, a refusal."""


class TooLong(Exception):
    """The code has too many ways through it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """The request that is followed."""

    method: str | None = "GET"  # None: any
    action: str = "<another>"
    signed_in: bool = False  # by somebody of whom nothing else is known


UNSURE = Thing.UNSURE


def role_of(parameter: str) -> Any:
    """What a predicate is handed under that name."""
    if parameter in ("request", "req"):
        return Thing.REQUEST
    if parameter in ("user", "u", "usr"):
        return Thing.USER
    return Thing.OWNER if parameter in ("self", "view") else UNSURE


def truth(value: Any) -> bool | None:
    """Whether a value counts as true; None where that cannot be told."""
    match value:
        case Thing.NO_ROWS | Thing.NO_CREDENTIALS:
            return False
        case Thing.REQUEST | Thing.USER | Thing.OWNER:
            return True
        case Thing() | Named() | Asks() | Composed() | Bound():
            return None
    return bool(value)


def says(value: Any) -> str:
    """The answer that a returned value is."""
    if isinstance(value, Asks):
        return value.whom
    known = truth(value)
    return Says.UNKNOWN if known is None else Says.YES if known else Says.NO


def composed(operator: str, *values: Any) -> Any:
    """Predicates joined; UNSURE where one of them is something else."""
    found = [groups_of(value) for value in values]
    known = [each for each in found if each is not None]
    if len(known) < len(found):
        return UNSURE
    if operator == "&":
        return Composed(tuple(group for groups in known for group in groups))
    if operator == "|":
        one, other = known
        return Composed(tuple((*left, *right) for left in one for right in other))
    if len(known[0]) == 1:  # not (a or b): neither
        return Composed(tuple((_opposite(each),) for each in known[0][0]))
    if all(len(group) == 1 for group in known[0]):
        return Composed((tuple(_opposite(group[0]) for group in known[0]),))
    return UNSURE


def groups_of(value: Any) -> tuple[tuple[str, ...], ...] | None:
    """The groups that a predicate, or a list of predicates, stands for."""
    match value:
        case Named(reference=reference):
            return ((reference,),)
        case Composed(groups=groups):
            return groups
        case tuple():
            found = [groups_of(each) for each in value]
            known = [each for each in found if each is not None]
            return tuple(group for groups in known for group in groups) if len(known) == len(found) else None
    return None


def compared(left: Any, operator: cst.BaseCompOp, right: Any) -> Any:
    """The result of a comparison; somebody unknown is nobody that a row names."""
    positive = isinstance(operator, cst.Equal | cst.Is | cst.In)
    if not positive and not isinstance(operator, cst.NotEqual | cst.IsNot | cst.NotIn):
        return UNSURE
    found = _is_in(left, right) if isinstance(operator, cst.In | cst.NotIn) else _is_same(left, right)
    return UNSURE if found is None else found is positive


def _is_same(left: Any, right: Any) -> bool | None:
    nobody = (None, Thing.USER, Thing.NO_ROWS)
    if any(each is nobody_ for each in (left, right) for nobody_ in nobody):
        return left is right  # `obj.owner == request.user`, and nobody's key is none that the app knows
    if isinstance(left, Thing | Named | Asks | Bound | Composed) or isinstance(right, Thing | Named | Asks | Bound):
        return None
    return bool(left == right)


def _is_in(left: Any, right: Any) -> bool | None:
    if isinstance(right, Named) and right.reference.rpartition(".")[2] == "SAFE_METHODS":
        return left in SAFE if isinstance(left, str) else None
    if left is Thing.USER or left is None or right in (Thing.NO_ROWS, Thing.NO_CREDENTIALS):
        return False
    if isinstance(right, Table) and isinstance(left, str):
        return left in right
    if isinstance(right, tuple) and isinstance(left, str):
        if left in right:
            return True
        return None if any(not isinstance(each, str) for each in right) else False
    return None


def _opposite(predicate: str) -> str:
    return predicate.removeprefix("~") if predicate.startswith("~") else f"~{predicate}"
