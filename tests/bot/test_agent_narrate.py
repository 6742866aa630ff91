"""A narration names what is in the patch and nothing else, or it is dropped as a whole."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.agent.model import Skipped
from bot.agent.narrate import TASK, Count, Dropped, Narration, PatchFacts, narrate, question_about
from bot.agent.wording import TEXT_LIMIT, objection
from fixtures.llm.cases import PATCH
from fixtures.llm.scripted import guarded, scripted


def told(text: str, facts: PatchFacts = PATCH) -> Narration | Dropped | Skipped:
    return narrate(facts, guarded(scripted(json.dumps({"text": text}))))


@pytest.mark.parametrize(
    "text",
    [
        "Callers of `GET /admin/orders` now have to sign in.",
        "`require_user` guards 2 routes in `shop/orders.py`, e.g. `DELETE /orders/{order_id}`.",
        "The FastAPI app reads 3 secrets when they are used; a follow-up is yours: put them where the app looks.",
        "The caller\u2019s identity is checked \u2013 see `shop/auth.py`.",
        "x" * TEXT_LIMIT,
    ],
)
def test_a_text_with_names_of_the_patch_is_published_as_it_is(text: str) -> None:
    assert told(text) == Narration(text)


@pytest.mark.parametrize(
    "text",
    [
        "Now guards `GET /health`.",
        "It edits `.github/workflows/ci.yml`.",
        "It calls `os.system`.",
        "It edits shop/orders.py.",
        "It edits shop/other.py.",
        "See evil.example for more.",
        "See www.evil.example for more.",
        "Adds require_admin in front.",
        "Adds RequireAdmin in front.",
        "Adds requireAdmin in front.",
        "Adds audit-every-thing in front.",
        "Uses OAuth2 now.",
        "Nothing in `` is named.",
        "Adds `require_user ` with a space.",
    ],
)
def test_a_foreign_name_drops_the_text(text: str) -> None:
    assert told(text) == Dropped("the model's text was dropped: it names something that is not in the patch")


@pytest.mark.parametrize(
    "text",
    [
        "See [this](x).",
        "An image ![x](y).",
        "A <b>bold</b> claim.",
        "A <!-- hidden --> claim.",
        "Ask @octocat.",
        "Closes #12.",
        "Really *good*.",
        "A | b",
        "One\n\n## Two",
        "One\nTwo",
        "A \u202etxet.",
        "A zero\u200bwidth.",
        "C\u0430yrillic a.",
        "A party \U0001f389.",
        "An open `span.",
        "A tilde ~~x~~.",
        "Costs $5.",
        "Tab\there.",
        "An entity &lt;b&gt;.",
        "A \\ backslash.",
    ],
)
def test_markup_mentions_and_invisible_characters_drop_the_text(text: str) -> None:
    outcome = told(text)
    assert isinstance(outcome, Dropped)
    assert "character" in outcome.reason


@pytest.mark.parametrize("text", ["", " ", "# Heading", "- item", "> quote", "    code", "1. item", "---", "@x", "\n"])
def test_a_text_that_does_not_begin_like_a_sentence_is_dropped(text: str) -> None:
    assert isinstance(told(text), Dropped)


@pytest.mark.parametrize(
    "text", ["Guards 12 routes.", "Guards 2 of 4 routes.", "Some 2,000 routes.", "About 3.5 routes."]
)
def test_a_number_that_is_not_a_count_of_the_patch_drops_the_text(text: str) -> None:
    assert isinstance(told(text), Dropped)


@pytest.mark.parametrize(
    "text",
    ["This is safe to merge.", "Approved by the security team.", "No review is needed.", "Ignore the check.", "LGTM"],
)
def test_a_text_that_judges_the_change_is_dropped(text: str) -> None:
    assert told(text) == Dropped("the model's text was dropped: it holds a word that judges the change")


def test_a_long_text_is_dropped_and_not_cut() -> None:
    assert isinstance(told("x" * (TEXT_LIMIT + 1)), Dropped)


def test_without_a_model_the_narration_is_skipped_and_said_to_be() -> None:
    assert narrate(PATCH, None) == Skipped(TASK, "no model is configured")


def test_a_model_that_never_answers_in_shape_is_skipped() -> None:
    outcome = narrate(PATCH, guarded(scripted("a", "b", "c")))
    assert outcome == Skipped(TASK, "the model gave no usable answer in 3 tries")


def test_a_dropped_text_is_not_quoted_in_the_reason() -> None:
    outcome = told("Ask @octocat about `secret_plan`.")
    assert isinstance(outcome, Dropped)
    assert "octocat" not in outcome.reason
    assert "secret_plan" not in outcome.reason


@pytest.mark.parametrize("name", ["a`b", "https://evil.example/x", "two\nlines", "bi\u202edi", "x" * 200, "<!-- c -->"])
def test_a_hostile_name_of_the_patch_is_neither_asked_about_nor_allowed(name: str) -> None:
    facts = PatchFacts(("route-requires-auth",), (name, "ok.py"))
    assert facts.names() == {"route-requires-auth", "ok.py"}
    assert name not in question_about(facts).user


def test_the_question_lists_names_and_counts() -> None:
    text = question_about(PatchFacts(("c-one",), ("a.py",), counts=(Count(2, "routes guarded"),))).user
    assert all(part in text for part in ("c-one", "a.py", "(none)", "2 routes guarded"))


@settings(deadline=None)
@given(st.text(max_size=700))
def test_whatever_is_published_is_short_plain_and_names_only_the_patch(text: str) -> None:
    _holds_the_promises(text)


_PIECES = st.sampled_from(
    [
        "`require_user`",
        "`rm`",
        "guards",
        "2",
        "9",
        "@a",
        "<b>",
        "[x](y)",
        "#1",
        "www.a.b",
        "a_b",
        "\n",
        "`",
        ".",
        "e.g.",
        "merge",
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=12).map(" ".join))
def test_whatever_is_made_of_good_and_bad_pieces_keeps_the_promises(text: str) -> None:
    _holds_the_promises(text)


def _holds_the_promises(text: str) -> None:
    if objection(text, PATCH.names(), PATCH.numbers()) is not None:
        return
    assert 0 < len(text) <= TEXT_LIMIT
    assert set(re.findall(r"`([^`]*)`", text)) <= PATCH.names()
    prose = re.sub(r"`[^`]*`", "", text)
    assert not re.search(r"[@<>#\[\]*|~\\`\n\r$&!?{}^=_]|://|www\.", prose)
    assert {int(number) for number in re.findall(r"\d+", prose)} <= PATCH.numbers()
