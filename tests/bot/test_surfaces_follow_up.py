"""The follow-up pull request says what was found, what to do and how to say no, in Markdown that names cannot break."""

from dataclasses import replace

import pytest

from bot.surfaces import follow_up
from bot.surfaces.follow_up import BODY_LIMIT, Story
from tests.bot.surface_samples import ADVICE, CLOSED, HOSTILE, OPEN, PATCH, REJECTED, alive, named
from transforms.api import Outcome

STORY = Story(
    parent=7,
    delivery="72d3162e-cc78-11e3-81ab-4c9367dc0958",
    patches=(PATCH,),
    dropped=(),
    before=(OPEN,),
    after=(CLOSED,),
)


def test_the_branch_belongs_to_the_parent() -> None:
    assert follow_up.branch_name(7) == "tenon/pr-7"


@pytest.mark.parametrize(
    ("patches", "title"),
    [
        ((PATCH,), "Add 1 missing control to #7 (1 finding)"),
        ((PATCH, PATCH, replace(PATCH, control="no-secret-in-code")), "Add 2 missing controls to #7 (3 findings)"),
    ],
)
def test_the_title_counts_controls_and_findings(patches: tuple[follow_up.PatchResult, ...], title: str) -> None:
    assert follow_up.title(replace(STORY, patches=patches)) == title


def test_the_body_has_its_parts_in_the_order_of_a_readers_questions() -> None:
    text = follow_up.body(STORY)
    parts = ["What was found", "Who may call what", "What you must do", "How it was checked", "How to say no"]
    places = [text.index(f"### {part}") for part in parts]
    assert places == sorted(places)


def test_what_was_found_stands_with_its_place() -> None:
    assert "`shop/orders.py` line 41" in follow_up.body(STORY)


def test_the_table_shows_who_could_call_and_who_can() -> None:
    assert "| `DELETE /orders/{order_id}` | anyone → **signed in** |" in follow_up.body(STORY)


def test_a_route_that_stays_as_it_is_is_folded_away() -> None:
    other = named("GET /health", replace(CLOSED, subject=replace(CLOSED.subject, symbol="shop.health")))
    text = follow_up.body(replace(STORY, before=(OPEN, other), after=(CLOSED, other)))
    assert "<details><summary>1 route" in text
    assert text.index("<details><summary>1 route") < text.index("`GET /health`")


def test_what_must_be_done_is_a_list_to_tick_off_each_once() -> None:
    text = follow_up.body(replace(STORY, patches=(PATCH, PATCH)))
    assert text.count("- [ ] Set OIDC") == 1


def test_every_gate_is_named_with_its_verdict_and_the_proof_with_its_path() -> None:
    text = follow_up.body(STORY)
    assert "| `parses` | passed |" in text
    assert "| `names are bound` | passed |" in text
    assert "`tests/test_controls_identity.py`" in text


def test_what_has_no_patch_is_said_with_the_reason() -> None:
    text = follow_up.body(replace(STORY, dropped=(REJECTED, ADVICE)))
    assert "the gate `size` refused it" in text
    assert "no safe edit is known" in text


def test_a_models_words_are_quoted_and_marked() -> None:
    text = follow_up.body(replace(STORY, narration="Two lines\nof a model."))
    assert "> Two lines\n> of a model.\n>\n> (a model's summary; the tables below are facts)" in text
    assert ">" not in follow_up.body(STORY).replace("-> ", "").replace("<sub>", "").replace("</sub>", "").replace(
        "<control>", ""
    ).replace("<reason>", "").replace("<details>", "").replace("</details>", "").replace("summary>", "")


def test_the_delivery_is_named_for_whoever_asks() -> None:
    assert STORY.delivery in follow_up.body(STORY)


def test_nothing_of_a_hostile_name_comes_alive() -> None:
    finding = named(HOSTILE)
    patch = replace(PATCH, findings=(finding,), todo=(f"Look at {HOSTILE}",))
    story = replace(STORY, patches=(patch,), dropped=(replace(ADVICE, findings=(finding,)),), before=(finding,))
    assert alive(follow_up.body(replace(story, after=(replace(finding, outcome=Outcome.PASS),)))) == []


def test_a_body_of_many_findings_keeps_within_githubs_limit() -> None:
    many = tuple(named(f"GET /{number}/{'x' * 300}") for number in range(3000))
    text = follow_up.body(replace(STORY, patches=(replace(PATCH, findings=many),), before=many, after=many))
    assert len(text) <= BODY_LIMIT


def test_a_commit_says_what_it_does_and_for_which_findings() -> None:
    message = follow_up.commit_message(PATCH.control, "Every route checks who is calling.", [PATCH], 7)
    subject, _, rest = message.partition("\n\n")
    assert subject == "Every route checks who is calling"
    assert "- Require a signed-in user on shop.orders.router" in rest
    assert f"Tenon-Findings: {OPEN.fingerprint}" in rest
    assert "Tenon-Parent: #7" in rest


def test_the_subject_of_a_commit_is_short() -> None:
    assert len(follow_up.commit_message("x", "y" * 200, [PATCH], 7).splitlines()[0]) <= 72
