"""Every question passes the guard and the budget, and every try leaves a record without content."""

import logging
from dataclasses import dataclass, replace

import pytest
from pydantic import BaseModel

from bot.agent.audit import CallRecord, CallVerdict, log_call
from bot.agent.budget import Allowance, Budget, Limits, MemoryLedger, Spend, job_budget
from bot.agent.errors import BudgetSpent, ModelUnavailable, NoUsableAnswer, OutboundRefused, PromptError
from bot.agent.guard import OutboundGuard
from bot.agent.model import GuardedModel, most_tokens
from bot.agent.prompts import Question
from fixtures.llm.scripted import ScriptedChannel, roomy_budget, scripted


class Colour(BaseModel):
    name: str


GREEN = '{"name": "green"}'
QUESTION = Question("colour", 3, "Colour", 20, "Name a colour.", "Of what? grass", ("grass",))


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def model_over(
    channel: ScriptedChannel, limits: Limits | None = None, *values: str
) -> tuple[GuardedModel, list[CallRecord]]:
    records: list[CallRecord] = []
    guard = OutboundGuard(lambda: values)
    return GuardedModel(channel, guard, roomy_budget(limits), records.append), records


def test_an_answer_in_the_asked_shape_comes_back_typed() -> None:
    model, records = model_over(scripted(GREEN))
    assert model.ask(QUESTION, Colour) == Colour(name="green")
    assert [record.verdict for record in records] == [CallVerdict.ANSWERED]


def test_an_answer_in_the_wrong_shape_is_asked_for_again() -> None:
    model, records = model_over(scripted("nonsense", "[]", GREEN))
    assert model.ask(QUESTION, Colour).name == "green"
    assert [record.verdict for record in records] == ["wrong_shape", "wrong_shape", "answered"]


def test_after_three_wrong_shapes_there_is_no_usable_answer() -> None:
    channel = scripted("a", "b", "c", GREEN)
    model, _ = model_over(channel)
    with pytest.raises(NoUsableAnswer, match="3 tries"):
        model.ask(QUESTION, Colour)
    assert len(channel.seen) == 3


def test_a_failed_endpoint_is_not_asked_again_and_is_charged() -> None:
    channel = scripted(ModelUnavailable("it is down"), GREEN)
    model, records = model_over(channel)
    with pytest.raises(ModelUnavailable, match="it is down"):
        model.ask(QUESTION, Colour)
    assert [(record.verdict, record.tokens) for record in records] == [("unavailable", most_tokens(QUESTION))]
    assert model.budget.ledger.spent("job:test").calls == 1


def test_a_prompt_and_a_schema_that_do_not_belong_together_are_a_defect() -> None:
    model, _ = model_over(scripted(GREEN))
    with pytest.raises(PromptError, match="asks for Flavour"):
        model.ask(replace(QUESTION, output="Flavour"), Colour)


def test_a_question_with_a_known_value_is_not_sent() -> None:
    channel = scripted(GREEN)
    model, records = model_over(channel, None, "grass")
    with pytest.raises(OutboundRefused) as refusal:
        model.ask(QUESTION, Colour)
    assert "grass" not in str(refusal.value)
    assert channel.seen == []
    assert [(record.verdict, record.tokens) for record in records] == [("refused_by_guard", 0)]


def test_a_value_that_is_a_word_of_the_prompt_file_stops_nothing() -> None:
    model, _ = model_over(scripted(GREEN), None, "colour", "what")
    assert model.ask(QUESTION, Colour).name == "green"


def test_a_call_that_the_budget_does_not_cover_is_not_made() -> None:
    channel = scripted(GREEN, GREEN)
    model, records = model_over(channel, Limits(calls=1, tokens=10_000, seconds=10))
    model.ask(QUESTION, Colour)
    with pytest.raises(BudgetSpent, match="this job has used its 1 model calls"):
        model.ask(QUESTION, Colour)
    assert len(channel.seen) == 1
    assert records[-1].verdict is CallVerdict.OVER_BUDGET


def test_tries_for_the_right_shape_count_against_the_budget() -> None:
    model, _ = model_over(scripted("a", "b", GREEN), Limits(calls=2, tokens=10_000, seconds=10))
    with pytest.raises(BudgetSpent):
        model.ask(QUESTION, Colour)


def test_tokens_are_counted_and_unknown_usage_is_charged_at_its_upper_estimate() -> None:
    told, untold = scripted(GREEN), ScriptedChannel(iter([GREEN]), tokens=None)
    for channel, tokens in ((told, 50), (untold, most_tokens(QUESTION))):
        model, _ = model_over(channel)
        model.ask(QUESTION, Colour)
        assert model.budget.ledger.spent("job:test").tokens == tokens


def test_a_question_that_may_cost_more_tokens_than_are_left_is_not_asked() -> None:
    model, _ = model_over(scripted(GREEN), Limits(calls=9, tokens=most_tokens(QUESTION) - 1, seconds=10))
    with pytest.raises(BudgetSpent, match="model tokens"):
        model.ask(QUESTION, Colour)


def test_the_channel_is_told_how_many_seconds_are_left() -> None:
    channel = scripted(GREEN)
    model, _ = model_over(channel, Limits(calls=9, tokens=10_000, seconds=7.5))
    model.ask(QUESTION, Colour)
    assert channel.timeouts == [7.5]


def test_time_spent_waiting_uses_up_the_budget() -> None:
    clock = Clock()

    @dataclass
    class Slow(ScriptedChannel):
        def send(self, question, schema, timeout_seconds):  # type: ignore[no-untyped-def]
            clock.now += 6
            return super().send(question, schema, timeout_seconds)

    channel = Slow(iter([GREEN] * 3))
    model = GuardedModel(channel, OutboundGuard(tuple), roomy_budget(Limits(9, 10_000, 10)), clock=clock)
    model.ask(QUESTION, Colour)
    model.ask(QUESTION, Colour)
    with pytest.raises(BudgetSpent, match="10 seconds"):
        model.ask(QUESTION, Colour)
    assert channel.timeouts == [10, 4]


def test_an_installation_runs_out_although_its_next_job_is_new() -> None:
    ledger = MemoryLedger()
    few = Limits(calls=2, tokens=10_000, seconds=10)
    for job in ("a", "b"):
        job_budget(job, 7, ledger, per_installation=few).charge(Spend(1, 10, 1.0))
    with pytest.raises(BudgetSpent, match="this installation"):
        job_budget("c", 7, ledger, per_installation=few).admit(1)
    assert job_budget("d", 8, ledger, per_installation=few).admit(1) == 10


def test_spending_is_forgotten_after_the_period() -> None:
    clock = Clock()
    ledger = MemoryLedger(period_seconds=100, clock=clock)
    ledger.add("job:a", Spend(1, 10, 1.0))
    clock.now = 60
    ledger.add("job:a", Spend(1, 5, 1.0))
    assert ledger.spent("job:a") == Spend(2, 15, 2.0)
    clock.now = 100
    assert ledger.spent("job:a") == Spend(1, 5, 1.0)


def test_the_tightest_allowance_decides_the_time() -> None:
    ledger = MemoryLedger()
    wide, tight = (Allowance(name, name, Limits(9, 999, seconds)) for name, seconds in (("wide", 50), ("tight", 5)))
    assert Budget((wide, tight), ledger).admit(1) == 5


def test_the_log_line_of_a_call_has_hash_and_cost_and_no_content(caplog: pytest.LogCaptureFixture) -> None:
    model, records = model_over(scripted(GREEN))
    model.ask(QUESTION, Colour)
    with caplog.at_level(logging.INFO, logger="tenon.agent"):
        log_call(records[0])
    assert QUESTION.sha256 in caplog.text
    assert all(
        word in caplog.text
        for word in ("prompt=colour", "version=3", "model=scripted", "verdict=answered", "tokens=50")
    )
    assert all(word not in caplog.text for word in ("grass", "green", "Name a colour"))
