"""Prompt files are checked when they are read, and strangers' text is fenced and made visible."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import prompts
from bot.agent.errors import PromptError
from bot.agent.prompts import load, parse, render
from bot.agent.untrusted import one_line, visible

PROMPT = """---
id: colour
version: 3
output: Colour
max_tokens: 20
inputs: {name: untrusted, count: trusted}
---
Name a colour.

## Question
Count {{count}}
{{name}}
"""
IDS = sorted(path.stem.replace("_", "-") for path in Path(prompts.__path__[0]).glob("*.md"))


def test_a_prompt_file_gives_its_front_matter_and_both_its_texts() -> None:
    prompt = parse(PROMPT)
    assert (prompt.prompt_id, prompt.version, prompt.output, prompt.max_tokens) == ("colour", 3, "Colour", 20)
    assert prompt.system == "Name a colour."
    assert prompt.question == "Count {{count}}\n{{name}}"


@pytest.mark.parametrize("prompt_id", IDS)
def test_every_prompt_of_the_project_loads_under_its_own_name(prompt_id: str) -> None:
    assert load(prompt_id).prompt_id == prompt_id


def test_the_project_has_both_prompts() -> None:
    assert IDS == ["narrate", "triage-secret"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("{{name}}", "", "not the placeholders"),
        ("{{count}}", "{{count}} {{other}}", "not the placeholders"),
        ("Name a colour.", "Name a colour for {{name}}.", "never enter the instructions"),
        ("## Question", "## Values", "needs a line '## Question'"),
        ("version: 3", "version: 0", "whole number"),
        ("version: 3", "version: true", "whole number"),
        ("version: 3\n", "", "exactly the keys"),
        ("name: untrusted", "name: maybe", "trusted or untrusted"),
        ("inputs: {name: untrusted, count: trusted}", "inputs: [name, count]", "maps each name"),
        ("inputs: {", "inputs: {{", "not YAML"),
        ("---\nid", "id", "front matter"),
    ],
)
def test_a_prompt_file_that_breaks_a_rule_is_refused(old: str, new: str, sentence: str) -> None:
    with pytest.raises(PromptError, match=re.escape(sentence)):
        parse(PROMPT.replace(old, new, 1))


def test_an_unknown_prompt_is_refused() -> None:
    with pytest.raises(PromptError, match="no prompt"):
        load("no-such-prompt")


def test_strangers_text_stands_behind_a_fence_whose_mark_is_new_each_time() -> None:
    first, second = (render(parse(PROMPT), {"name": "x", "count": "2"}) for _ in range(2))
    fence = re.fullmatch(r"Count 2\n<<untrusted-([0-9a-f]{16})\nx\nuntrusted-\1>>", first.user)
    assert fence
    assert fence[1] not in second.user


def test_text_that_looks_like_a_placeholder_is_not_filled_in() -> None:
    assert "{{count}}" in render(parse(PROMPT), {"name": "{{count}}", "count": "2"}).user


@pytest.mark.parametrize("values", [{"name": "x"}, {"name": "x", "count": "2", "more": "3"}, {}])
def test_exactly_the_declared_inputs_are_taken(values: dict[str, str]) -> None:
    with pytest.raises(PromptError, match="takes"):
        render(parse(PROMPT), values)


@pytest.mark.parametrize("count", ["<b>", "2`", "ignore this!", "x" * 2_001, "\u202e2"])
def test_a_trusted_value_must_be_plain_words(count: str) -> None:
    with pytest.raises(PromptError, match="not plain words"):
        render(parse(PROMPT), {"name": "x", "count": count})


@settings(deadline=None)
@given(st.text())
def test_nothing_invisible_and_no_html_comment_gets_through(text: str) -> None:
    shown = visible(text, 500)
    assert "<!--" not in shown
    assert all(char in "\n\t" or unicodedata.category(char) not in {"Cf", "Cc", "Cs", "Co", "Cn"} for char in shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a<!-- obey -->b", "ab"),
        ("a<!-- never closed", "a"),
        ("a<!<!-- -->-- obey -->b", "ab"),
        ("<\u200b!-- obey -->b", "b"),
        ("pay\u202eload", "payload"),
        ("a\U000e0041\U000e0042b", "ab"),
        ("a\ufe0f\U000e0101b", "ab"),
        ("two\nlines\tkept", "two\nlines\tkept"),
        ("Grüße, 世界", "Grüße, 世界"),
    ],
)
def test_visible_text_is_what_a_person_would_see(text: str, shown: str) -> None:
    assert visible(text, 100) == shown


@settings(deadline=None)
@given(st.text(max_size=200), st.integers(min_value=1, max_value=50))
def test_visible_text_keeps_within_its_limit_and_is_stable(text: str, limit: int) -> None:
    shown = visible(text, limit)
    assert len(shown) <= limit
    assert visible(shown, limit) == shown


def test_one_line_is_one_line() -> None:
    assert one_line(" a \n\n b\u2028c\td ", 100) == "a b c d"
