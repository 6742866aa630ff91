"""The last look at a text that leaves: a secret value, or anything shaped like a key, stops it."""

import pytest

from bot.surfaces.outbound import LeakRefused, checked
from transforms.secrets import sample

SHAPED = (
    "stripe-key",
    "openai-key",
    "anthropic-key",
    "aws-access-key",
    "github-token",
    "slack-token",
    "google-api-key",
)


def test_an_ordinary_text_goes_through_unchanged() -> None:
    text = "Provision STRIPE_API_KEY (sk_live_… is gone) and rotate it."
    assert checked(text, ["s3cret-value"]) is text


def test_a_known_value_is_stopped_and_not_repeated() -> None:
    with pytest.raises(LeakRefused) as refused:
        checked("the password is s3cret-value, they say", ["s3cret-value"])
    assert "s3cret" not in str(refused.value)


def test_an_empty_value_stops_nothing() -> None:
    assert checked("text", [""]) == "text"


@pytest.mark.parametrize("kind", SHAPED)
def test_what_is_shaped_like_a_key_is_stopped_though_nobody_knew_it(kind: str) -> None:
    with pytest.raises(LeakRefused):
        checked(f"see {sample(kind, 1)}")


def test_the_head_of_a_private_key_is_stopped() -> None:
    with pytest.raises(LeakRefused):
        checked("-----BEGIN " + "RSA PRIVATE KEY-----")
