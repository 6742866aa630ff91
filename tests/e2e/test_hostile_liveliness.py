"""The instrument of the hostile tests is tested itself: it sees what would come alive."""

import pytest

from tests.e2e.liveliness import alive, linked_in_a_commit


@pytest.mark.parametrize(
    "text",
    [
        "by @octo-dev",
        "by \\@octo-dev",
        "see #12",
        "closes GH-12",
        "<img src=x>",
        "[a](b)",
        "https://evil.example",
        "`open",
        "``a` <b>",
        "| `a | b` |",
        "~~~\nnever closed",
        "\\` <b> \\`",
    ],
)
def test_what_comes_alive_is_seen(text: str) -> None:
    assert alive(text)


@pytest.mark.parametrize(
    "text",
    [
        "`@octo-dev`",
        "`` ` <img> ``",
        "\\<img\\>",
        "@\u200bocto-dev",
        "<details><summary>a</summary>",
        "<!-- tenon:summary -->",
        "| `a \\| @b` |",
        "~~~~diff\n<img> @octo-dev `\n~~~~",
        "a `b` c ``d`` e",
    ],
)
def test_what_is_quiet_is_let_be(text: str) -> None:
    assert alive(text) == []


def test_tenons_own_links_and_references_are_named_by_the_test() -> None:
    text = "[Follow-up](http://127.0.0.1/pull/2) of #1"
    assert alive(text, links=("[Follow-up](http://127.0.0.1/pull/2)",), references=(1,)) == []


def test_a_commit_message_has_no_code_spans() -> None:
    assert linked_in_a_commit("Guard `/@octo-dev` and fix #1")
    assert not linked_in_a_commit("Guard every route\n\nTenon-Control: x")
