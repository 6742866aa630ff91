"""Hostile names stay names: nothing from a repository comes alive in Markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.surfaces.markdown import cell, code, cut, plain, prose, table
from transforms.secrets import kinds


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
    cut_text = cut("a line\n" * 50, 100)
    assert cut_text.endswith("GitHub takes no longer text.")
    assert len(cut_text.encode()) <= 100


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(60, 200))
def test_a_text_is_cut_between_two_lines_and_keeps_within_its_bytes(text: str, limit: int) -> None:
    cut_text = cut(text, limit)
    assert len(cut_text.encode()) <= limit
    kept = cut_text if cut_text == text else cut_text.rpartition("\n\n…")[0]
    assert text == kept or not kept or text.startswith(f"{kept}\n")


def test_the_pages_where_vendors_rotate_keys_stay_links() -> None:
    page = next(kind.rotate_url for kind in kinds() if kind.rotate_url)
    assert prose(f"Rotate it ({page}): at once.") == f"Rotate it ({page}): at once."


@pytest.mark.parametrize(("cell_text", "kept"), [("a|b", "a\\|b"), ("a\\|b", "a\\|b"), ("a\\\\|b", "a\\\\\\|b")])
def test_no_number_of_backslashes_lets_a_pipe_end_its_cell(cell_text: str, kept: str) -> None:
    assert cell(cell_text) == kept


def test_a_name_in_a_commit_message_links_nothing() -> None:
    assert plain("POST /@octocat\nfixes #1") == "POST /@\u200boctocat fixes #\u200b1"


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
        ("[a](https://evil.example)", "\\[a\\](https:\u200b//evil.example)"),
        ("www.evil.example or HTTP://x", "w\u200bww.evil.example or HTTP:\u200b//x"),
        ("closes GH-12", "closes GH-\u200b12"),
        ("half a pair \ud800", "half a pair  "),
        ("_b_ *c* `d` ~~e~~ | f", "\\_b\\_ \\*c\\* \\`d\\` \\~\\~e\\~\\~ | f"),
        ("two\nlines", "two lines"),
    ],
)
def test_a_sentence_may_quote_a_name_and_nothing_in_it_comes_alive(hostile: str, shown: str) -> None:
    assert prose(hostile) == shown


def test_a_long_sentence_is_cut() -> None:
    assert prose("x" * 500) == "x" * 399 + "…"
