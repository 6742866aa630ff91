"""The outbound guard lets ordinary questions pass and stops whatever is or looks like a secret."""

import base64
import random
import string
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.agent.errors import OutboundRefused
from bot.agent.guard import OutboundGuard, bits_per_character, key_shaped
from bot.agent.narrate import question_about as question_about_patch
from bot.agent.prompts import load
from bot.agent.triage import question_about as question_about_secret
from fixtures.llm.cases import LABEL, LIVE, PATCH, PLACEHOLDER

_LETTERS = string.ascii_letters + string.digits


def made_up(length: int, alphabet: str = _LETTERS, seed: int = 7) -> str:
    """A random text with a digit in it, made when the test runs."""
    dice = random.Random(seed)
    return "".join(dice.choice(alphabet) for _ in range(length - 1)) + "4"


KEYS = {
    "stripe": "sk_" + "live_" + made_up(24),
    "openai": "sk-" + "proj-" + made_up(40),
    "aws": "AK" + "IA" + made_up(16, string.ascii_uppercase + string.digits),
    "github": "gh" + "p_" + made_up(36),
    "slack": "xo" + "xb-" + "1234567890-" + made_up(20),
    "jwt": "ey" + "J" + made_up(60),
    "no vendor": made_up(32),
    "hex": made_up(40, "0123456789abcdef"),
    "base64": base64.b64encode(random.Random(3).randbytes(33)).decode(),
    "url-safe": made_up(43, _LETTERS + "_-"),
    "pem": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "url": "postgresql://shop:" + "hunter" + "2@db/shop",
}


@pytest.mark.parametrize("kind", KEYS)
def test_what_looks_like_a_key_is_stopped_and_not_quoted(kind: str) -> None:
    with pytest.raises(OutboundRefused) as refusal:
        OutboundGuard(tuple).check(f"the code says {KEYS[kind]} here")
    assert KEYS[kind] not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "SQLALCHEMY_DATABASE_URI_FALLBACK_2",
        "from huggingface import hf_hub_download_path",
        "npm_config_registry_url",
        "src/app/routers/customer_orders_v2.py",
        "get_current_active_superuser_or_service_account",
        "AbstractRepositoryFactoryForTenantScopedQueries",
        "DELETE /api/v1/organisations/{organisation_id}/members/{member_id}",
        "https://example.invalid/a/path",
        "key-management-service",
        "sk-learn",
    ],
)
def test_ordinary_names_pass(text: str) -> None:
    assert key_shaped(text) is None


@pytest.mark.parametrize("prompt_id", ["triage-secret", "narrate"])
def test_the_prompt_files_themselves_pass(prompt_id: str) -> None:
    prompt = load(prompt_id)
    assert key_shaped(prompt.system + prompt.question) is None


def test_the_questions_of_the_cases_pass() -> None:
    questions = [*map(question_about_secret, (LIVE, PLACEHOLDER, LABEL)), question_about_patch(PATCH)]
    assert [key_shaped(part) for question in questions for part in question.filled if key_shaped(part)] == []


@settings(deadline=None)
@given(st.text(min_size=4).filter(str.strip), st.text(), st.text())
def test_a_known_value_is_stopped_wherever_it_stands(value: str, before: str, after: str) -> None:
    with pytest.raises(OutboundRefused):
        OutboundGuard(lambda: [value]).check(before + value + after)


def test_a_known_value_is_stopped_when_it_is_quoted_for_a_url_or_broken_over_lines() -> None:
    value = "correct horse/battery staple"
    for written in (quote(value, safe=""), "correct horse/\n    battery staple"):
        with pytest.raises(OutboundRefused):
            OutboundGuard(lambda: [value]).check(written)


def test_very_short_values_are_words_and_stop_nothing() -> None:
    OutboundGuard(lambda: ["dev", "", "yes"]).check("a dev said yes")


def test_the_values_are_asked_for_anew_each_time() -> None:
    values: list[str] = []
    guard = OutboundGuard(lambda: values)
    guard.check("open sesame")
    values.append("sesame")
    with pytest.raises(OutboundRefused):
        guard.check("open sesame")


def test_entropy_is_counted_in_bits_for_each_character() -> None:
    assert (bits_per_character(""), bits_per_character("aaaa"), bits_per_character("abab")) == (0.0, 0.0, 1.0)
