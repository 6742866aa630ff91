"""What the durable engine writes is JSON that a person can read and that runs nobody's code."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.serializer import JsonSerializer, RecordedError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_json_comes_back_as_it_was(value: object) -> None:
    serializer = JsonSerializer()
    assert serializer.deserialize(serializer.serialize(value)) == value


def test_a_tuple_comes_back_as_the_list_it_is_in_json() -> None:
    serializer = JsonSerializer()
    assert serializer.deserialize(serializer.serialize({"args": (1, 2), "kwargs": {}})) == {
        "args": [1, 2],
        "kwargs": {},
    }


def test_an_exception_is_kept_as_its_name_and_sentence() -> None:
    serializer = JsonSerializer()
    text = serializer.serialize(ValueError("no such pull request"))
    assert json.loads(text) == {"__error__": "ValueError", "sentence": "no such pull request"}
    error = serializer.deserialize(text)
    assert isinstance(error, RecordedError)
    assert str(error) == "ValueError: no such pull request"


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", {"deep": [lambda: None]}])
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        JsonSerializer().serialize(value)
