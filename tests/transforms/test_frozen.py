"""Frozen dataclasses that are cheap to make are frozen dataclasses still."""

import copy
import dataclasses
import pickle
from dataclasses import dataclass, field

import pytest

from transforms.frozen import cheap_to_make, replaced


@cheap_to_make
@dataclass(frozen=True, slots=True)
class Point:
    """A sample of all that a field can be."""

    x: int
    y: int = 2
    names: tuple[str, ...] = ()
    seen: list[int] = field(default_factory=list, compare=False)


def test_it_is_made_like_any_dataclass() -> None:
    assert Point(1) == Point(x=1, y=2, names=())
    assert (Point(1, 5).y, Point(1, names=("a",)).names) == (5, ("a",))
    assert repr(Point(1)) == "Point(x=1, y=2, names=(), seen=[])"
    assert type(Point(1)) is Point


def test_each_has_a_list_of_its_own() -> None:
    assert Point(1).seen is not Point(1).seen


@pytest.mark.parametrize("arguments", [(), (1, 2, (), [], 5)])
def test_what_is_missing_or_too_much_is_refused(arguments: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        Point(*arguments)  # type: ignore[arg-type]


def test_a_field_cannot_be_written() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc]


def test_it_is_compared_hashed_copied_and_kept_as_before() -> None:
    point = Point(1, names=("a",))
    assert len({point, Point(1, names=("a",)), Point(2)}) == 2
    assert copy.copy(point) == copy.deepcopy(point) == pickle.loads(pickle.dumps(point)) == point
    assert dataclasses.replace(point, x=3) == Point(3, names=("a",))


def test_replaced_changes_only_what_it_is_told() -> None:
    point = Point(1, names=("a",))
    changed = replaced(point, x=4)
    assert (changed, type(changed), point) == (Point(4, names=("a",)), Point, Point(1, names=("a",)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        changed.x = 5  # type: ignore[misc]


def test_replaced_knows_no_other_field() -> None:
    with pytest.raises(AttributeError):
        replaced(Point(1), z=1)
