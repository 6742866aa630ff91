"""Frozen dataclasses that are cheap to make and to change.

Python writes each field of a frozen dataclass by a call: one of twelve fields is four times as dear as one that
may be written to. And `dataclasses.replace` asks for each field by name. A judged app is made of many thousands.
"""

import dataclasses
import functools
import operator
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def cheap_to_make(kind: type[T]) -> type[T]:
    """The same frozen dataclass with slots; while one is made, it is of a twin whose fields can be written plainly."""
    loose = _twin(kind)
    fill, become = loose.__init__, object.__setattr__

    def __init__(self: Any, *args: Any, **named: Any) -> None:  # noqa: N807
        become(self, "__class__", loose)
        fill(self, *args, **named)
        self.__class__ = kind

    kind.__init__ = __init__  # type: ignore[method-assign,assignment]
    return kind


def replaced(instance: T, **changes: Any) -> T:
    """`dataclasses.replace` for what is cheap to make; raises AttributeError for a field that it does not have."""
    kind = type(instance)
    twin, values_of = _twin(kind), _values_of(kind)
    made: Any = twin(*values_of(instance))
    for name, value in changes.items():
        setattr(made, name, value)
    made.__class__ = kind
    return made  # type: ignore[no-any-return]


@functools.cache
def _twin(kind: type) -> Any:
    """A class with the same slots that is not frozen."""
    fields = [(each.name, Any, _same(each)) for each in dataclasses.fields(kind)]
    return dataclasses.make_dataclass(kind.__name__, fields, slots=True, eq=False, repr=False)


@functools.cache
def _values_of(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    return operator.attrgetter(*(each.name for each in dataclasses.fields(kind)))


def _same(field: "dataclasses.Field[Any]") -> Any:
    return dataclasses.field(default=field.default, default_factory=field.default_factory)  # type: ignore[call-overload]
