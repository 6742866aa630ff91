"""Hostile names stay names: nothing from a repository comes alive in Markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.surfaces.markdown import code, cut, prose, table


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("plain", "`plain`"),
        ("a`b", "``a`b``"),
        ("``", "``` `` ```"),
        ("@everyone", "`@everyone`"),
        ("two\nlines", "`two lines`"),
        ("<img src=x>", "`<img src=x>`"),
        ("right\u202eleft", "`right left`"),
        ("", "`  `"),
    ],
)
def test_a_code_span_holds_whatever_it_is_given(hostile: str, shown: str) -> None:
    assert code(hostile) == shown


@given(st.text(max_size=300))
def test_no_text_ends_its_own_code_span(text: str) -> None:
    shown = code(text)
    fence = shown[: len(shown) - len(shown.lstrip("`"))]
    inner = shown[len(fence) : -len(fence)]
    assert shown.endswith(fence)
    assert fence not in inner
    assert "\n" not in shown
    assert len(shown) <= 120 + 2 * len(fence) + 2


def test_a_pipe_does_not_end_a_cell() -> None:
    assert table(["A"], [["x|y"]]) == "| A |\n| --- |\n| x\\|y |"


def test_a_cut_text_says_that_something_is_missing() -> None:
    assert cut("short", 100) == "short"
    assert len(cut("x" * 500, 100)) == 100
    assert cut("x" * 500, 100).endswith("the full text is in the check run.")


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("nothing checks who is calling.", "nothing checks who is calling."),
        ("GET /@octocat", "GET /@\u200boctocat"),
        ("see #12", "see #\u200b12"),
        ("<img src=x>", "\\<img src=x>"),
        ("&lt;img&gt;", "\\&lt;img\\&gt;"),
        ("STRIPE_API_KEY of {order_id} & co", "STRIPE_API_KEY of {order_id} & co"),
        ("> a quote", "\\> a quote"),
        ("[a](https://evil.example)", "\\[a\\](https://evil.example)"),
        ("rotate it (https://example.com/api_keys?x=1)", "rotate it (https://example.com/api_keys?x=1)"),
        ("_b_ *c* `d` ~~e~~ | f", "\\_b\\_ \\*c\\* \\`d\\` \\~\\~e\\~\\~ | f"),
        ("two\nlines", "two lines"),
    ],
)
def test_a_sentence_may_quote_a_name_and_nothing_in_it_comes_alive(hostile: str, shown: str) -> None:
    assert prose(hostile) == shown


def test_a_long_sentence_is_cut() -> None:
    assert prose("x" * 500) == "x" * 399 + "…"
