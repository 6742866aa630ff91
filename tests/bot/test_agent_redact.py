"""Code around a finding is shown without anything that can hold a value; what cannot be read surely is not shown."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.agent.redact import SLICE_LIMIT, redacted_slice
from bot.agent.shape import CharacterClass, EntropyClass, LengthClass, shape_of

CANARY = "canary" + "Zq81"


def test_strings_comments_and_numbers_become_placeholders_and_names_stay() -> None:
    source = 'import pay  # live\n\ndef charge(cents: int = 250):\n    return pay.charge(cents, token="abc", retry=3)\n'
    assert redacted_slice(source, 4) == (
        'import pay # …\ndef charge(cents: int = 0):\n    return pay.charge(cents, token="…", retry=0)'
    )


@pytest.mark.parametrize(
    "source",
    [
        f'x = "{CANARY}"',
        f"x = '''{CANARY}\n{CANARY}'''",
        f'x = rb"{CANARY}"',
        f'x = f"{{y}}{CANARY}{{z!r:>{{w}}}}"',
        f"x = f\"{{d['{CANARY}']}}\"",
        f"x = f'''{{y}}\n{CANARY}'''",
        f"# {CANARY}",
        f"x = 1  # {CANARY}\ry = 2",
        f'def f():\n    """{CANARY}"""',
        f'x: "{CANARY}" = 1',
        f'x = "a" "{CANARY}" \\\n    "{CANARY}"',
        f'x = {{"{CANARY}": 1}}',
        f'x = "\\"{CANARY}"',
        f'x = u"{CANARY}"; y = "{CANARY}"',
        f"\ufeffx = '{CANARY}'",
        f"x = 1\x0c\ny = '{CANARY}'",
    ],
)
def test_a_canary_in_a_value_is_not_shown(source: str) -> None:
    assert CANARY not in (redacted_slice(source, 1) or "")


@pytest.mark.parametrize(
    "source",
    [
        f'x = "{CANARY}',
        f"x = {CANARY}'''",
        f'def f(:\n  "{CANARY}"',
        f'  x = 1\n "{CANARY}"',
        f"x = '{CANARY}'\x00",
        "(" * 500 + f"'{CANARY}'",
        f"API_KEY={CANARY} other words",
        "",
    ],
)
def test_what_python_cannot_parse_is_given_up_on_as_a_whole(source: str) -> None:
    assert redacted_slice(source, 1) is None


def test_only_the_lines_around_the_finding_are_shown() -> None:
    source = "".join(f"line_{number} = {number}\n" for number in range(1, 101))
    shown = redacted_slice(source, 50) or ""
    assert re.findall(r"line_(\d+)", shown) == [str(number) for number in range(44, 57)]


def test_a_slice_is_short_even_where_lines_are_long() -> None:
    assert len(redacted_slice("f(" + "argument, " * 1_000 + ")", 1) or "") == SLICE_LIMIT


def test_a_name_that_is_too_long_or_looks_like_a_key_is_not_shown() -> None:
    key_shaped = "gh" + "p_" + "a1B2c3D4e5" * 3
    assert redacted_slice(f"{key_shaped} = {'n' * 49} = 1", 1) == "name = name = 0"


_VALUE = st.text(st.characters(exclude_categories=["Cs"]), min_size=4).filter(lambda text: not text.isidentifier())


@settings(deadline=None)
@given(_VALUE, st.sampled_from(["x = {}", "f(key={})", "def f(a={}):\n    {}", "x = [{}, {}]", "if x == {}: pass"]))
def test_no_literal_is_ever_in_the_slice(value: str, frame: str) -> None:
    shown = redacted_slice(frame.replace("{}", repr(value)), 1)
    assert shown is None or repr(value) not in shown


@settings(deadline=None)
@given(st.text())
def test_any_text_at_all_gives_a_slice_or_none(text: str) -> None:
    assert redacted_slice(text, 1) != ""


@pytest.mark.parametrize(
    ("value", "length", "entropy"),
    [
        ("", LengthClass.EMPTY, EntropyClass.LOW),
        ("dev", LengthClass.SHORT, EntropyClass.LOW),
        ("hunter" + "2two", LengthClass.MIDDLE, EntropyClass.MIDDLE),
        ("abcdefghijklmnopqrstuvwxyz", LengthClass.LONG, EntropyClass.HIGH),
        ("ab" * 40, LengthClass.VERY_LONG, EntropyClass.LOW),
    ],
)
def test_a_shape_tells_length_and_spread(value: str, length: LengthClass, entropy: EntropyClass) -> None:
    assert (shape_of(value).length, shape_of(value).entropy) == (length, entropy)


def test_a_shape_tells_which_characters_occur() -> None:
    assert shape_of("aB1 -").characters == frozenset(CharacterClass)


@pytest.mark.parametrize("value", ["open sesame", "put-your-token-here", "bearer", "content/type"])
def test_words_look_like_words(value: str) -> None:
    assert shape_of(value).looks_like_words


@pytest.mark.parametrize("value", ["xkcdq", "ab12", "mR4vT9qZ", "", "a" * 20])
def test_other_text_does_not_look_like_words(value: str) -> None:
    assert not shape_of(value).looks_like_words


@pytest.mark.parametrize("value", ["changeme", "CHANGE_ME", "your-key", "<token>", "xxxx", "example"])
def test_placeholder_words_are_seen(value: str) -> None:
    assert shape_of(value).has_placeholder_word


@settings(deadline=None)
@given(st.text(min_size=6))
def test_a_shape_has_few_possible_answers_so_it_cannot_carry_the_value(value: str) -> None:
    shape = shape_of(value)
    assert isinstance(shape.length, LengthClass) and isinstance(shape.entropy, EntropyClass)
    assert shape.characters <= frozenset(CharacterClass)
    assert {type(shape.looks_like_words), type(shape.has_placeholder_word), type(shape.looks_like_a_key)} == {bool}
