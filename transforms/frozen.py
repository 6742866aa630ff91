"""Frozen dataclasses that are cheap to make and to change.

Python writes each field of a frozen dataclass by a call: one of twelve fields is four times as dear as one that
may be written to. And `dataclasses.replace` asks for each field by name. A judged app is made of many thousands.
"""

import dataclasses
import operator
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def cheap_to_make(kind: type[T]) -> type[T]:
    """The same frozen dataclass with slots; while one is made, it is of a twin whose fields can be written plainly."""
    loose = _twins[kind] = _twin(kind)
    _getters[kind] = operator.attrgetter(*(each.name for each in dataclasses.fields(loose)))
    fill, become = loose.__init__, object.__setattr__

    def __init__(self: Any, *args: Any, **named: Any) -> None:  # noqa: N807
        become(self, "__class__", loose)
        fill(self, *args, **named)
        self.__class__ = kind

    kind.__init__ = __init__  # type: ignore[method-assign]
    return kind


def replaced(instance: T, **changes: Any) -> T:
    """`dataclasses.replace` for what is cheap to make; raises AttributeError for a field that it does not have."""
    kind = type(instance)
    made: Any = _twins[kind](*_getters[kind](instance))
    for name, value in changes.items():
        setattr(made, name, value)
    made.__class__ = kind
    return made  # type: ignore[no-any-return]


_twins: dict[type, Any] = {}
_getters: dict[type, Callable[[Any], tuple[Any, ...]]] = {}


def _twin(kind: Any) -> Any:
    """A class with the same slots that is not frozen."""
    fields = [(each.name, Any, _same(each)) for each in dataclasses.fields(kind)]
    return dataclasses.make_dataclass(kind.__name__, fields, slots=True, eq=False, repr=False)


def _same(field: "dataclasses.Field[Any]") -> Any:
    return dataclasses.field(default=field.default, default_factory=field.default_factory)
