"""Recorded replies answer today's questions; a changed prompt or schema sounds an alarm that says what to do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from bot.agent.budget import MemoryLedger, job_budget
from bot.agent.chat import ChatChannel, ModelSettings
from bot.agent.guard import OutboundGuard
from bot.agent.model import GuardedModel, Skipped
from bot.agent.narrate import Narration, NarrationText, PatchFacts, narrate
from bot.agent.triage import Opinion, Reason, SecretOpinion, TriageNote, triage
from fixtures.llm.cases import CASES, LABEL, LIVE, PATCH, PLACEHOLDER, TRIAGE_CASES
from fixtures.llm.double import llm_double
from fixtures.llm.recording import (
    Recording,
    RecordingStale,
    completion,
    load_recording,
    path_of,
    record,
    replay,
)

SETTINGS = ModelSettings("http://llm.invalid/v1", "recorded", "none", max_retries=0)


def recorded_model(prompt_id: str, schema: type[BaseModel]) -> GuardedModel:
    client = replay(load_recording(path_of(prompt_id), schema))
    return GuardedModel(ChatChannel(SETTINGS, client), OutboundGuard(tuple), job_budget("j", 1, MemoryLedger()))


def test_the_recorded_opinions_become_notes_and_only_a_live_credential_raises() -> None:
    model = recorded_model("triage-secret", SecretOpinion)
    assert [triage(candidate, model) for candidate in (LIVE, PLACEHOLDER, LABEL)] == [
        TriageNote("f-live", Opinion.LIVE_CREDENTIAL, Reason.CALL_TAKES_CREDENTIAL, raised=True),
        TriageNote("f-placeholder", Opinion.PLACEHOLDER, Reason.PLACEHOLDER_SHAPE, raised=False),
        TriageNote("f-label", Opinion.NOT_A_SECRET, Reason.SHAPE_IS_WORDS, raised=False),
    ]


def test_the_recorded_narration_passes_its_check() -> None:
    narration = narrate(PATCH, recorded_model("narrate", NarrationText))
    assert isinstance(narration, Narration)
    assert narration.text.startswith("Anonymous callers could reach `DELETE /orders/{order_id}`")


def test_a_question_that_was_not_recorded_is_skipped_and_said_to_be() -> None:
    outcome = narrate(PatchFacts(("other",), ("other.py",)), recorded_model("narrate", NarrationText))
    assert isinstance(outcome, Skipped)
    assert "endpoint failed" in outcome.reason


@pytest.mark.parametrize("prompt_id", sorted(CASES))
def test_every_case_of_every_prompt_is_recorded(prompt_id: str) -> None:
    cases = CASES[prompt_id]
    assert len(load_recording(path_of(prompt_id), cases[0].schema).replies) == len(cases)


def _older_version(content: dict[str, Any]) -> None:
    content["version"] -= 1


def _other_text(content: dict[str, Any]) -> None:
    content["prompt_sha256"] = "0" * 64


def _other_schema(content: dict[str, Any]) -> None:
    content["schema_sha256"] = "0" * 64


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_older_version, "the prompt is version 1, the recording answers version 0"),
        (_other_text, "the prompt's text changed: raise its version"),
        (_other_schema, "the schema SecretOpinion changed"),
    ],
)
def test_a_changed_prompt_or_schema_makes_the_recording_stale(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], sentence: str
) -> None:
    content = json.loads(path_of("triage-secret").read_text())
    change(content)
    stale = tmp_path / "triage_secret.json"
    stale.write_text(json.dumps(content))
    with pytest.raises(RecordingStale) as alarm:
        load_recording(stale, SecretOpinion)
    assert sentence in str(alarm.value)
    assert "python -m fixtures.llm.record" in str(alarm.value)


def test_replies_of_an_endpoint_can_be_recorded_and_served_again() -> None:
    answer = '{"opinion": "unsure", "reason": "no_deciding_fact"}'
    with llm_double(lambda body: (200, completion(answer) | {"system_fingerprint": "dropped"})) as double:
        settings = ModelSettings(double.base_url, "loopback", "none")
        recording = record(TRIAGE_CASES, settings, "loopback", httpx2.Client())
    assert (recording.prompt, recording.recorded_from, len(recording.replies)) == ("triage-secret", "loopback", 3)
    assert "system_fingerprint" not in json.dumps(dict(recording.replies))
    assert _ask_again(recording) == Opinion.UNSURE


def _ask_again(recording: Recording) -> Opinion:
    case = TRIAGE_CASES[0]
    reply = ChatChannel(SETTINGS, replay(recording)).send(case.question, SecretOpinion, 5.0)
    assert reply.answer is not None
    return reply.answer.opinion
