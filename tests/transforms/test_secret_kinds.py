"""Every kind of secret: its samples are found and attributed, wherever they stand, and nowhere else."""

import re

import pytest

from transforms.brokers import brokers
from transforms.secrets import SecretKind, kind, kinds, sample
from transforms.secrets.glance import glance
from transforms.secrets.keys import find_keys

SHAPED = [each for each in kinds() if each.pattern is not None]
SEEDS = range(25)
VENDORS = (
    "openai", "anthropic", "stripe", "aws", "github", "gitlab", "slack", "sendgrid", "twilio", "google", "huggingface",
    "mailgun", "telegram", "discord", "supabase", "pinecone", "groq",
)  # fmt: skip


def around(each: SecretKind, value: str) -> str:
    """A line of code with the vendor's name in it, which some patterns need."""
    return f'{each.marks[0].strip("._-:$")}_setting = "{value}"'


@pytest.mark.parametrize("each", SHAPED, ids=lambda each: each.id)
def test_a_sample_is_found_and_attributed(each: SecretKind) -> None:
    for seed in SEEDS:
        value = sample(each.id, seed)
        text = around(each, value)
        assert [found.kind for found in find_keys(text)] == [each.id], seed
        assert glance(text.encode()).texts


@pytest.mark.parametrize("each", SHAPED, ids=lambda each: each.id)
def test_every_sample_holds_a_mark_of_its_kind_or_stands_beside_one(each: SecretKind) -> None:
    assert each.marks
    assert any(mark in around(each, sample(each.id, 3)) for mark in each.marks)


@pytest.mark.parametrize(
    "each", [each for each in SHAPED if re.match(r"[\w-]", each.pattern or "")], ids=lambda e: e.id
)
def test_a_key_inside_a_longer_word_is_none(each: SecretKind) -> None:
    if each.id in ("azure-storage-key", "capability-url", "private-key"):
        return
    assert each.id not in [found.kind for found in find_keys(f"x = abc{sample(each.id, 2)}  # {each.marks[0]}")]


@pytest.mark.parametrize("each", kinds(), ids=lambda each: each.id)
def test_a_sample_is_the_same_for_a_seed_and_another_for_another(each: SecretKind) -> None:
    assert sample(each.id, 1) == sample(each.id, 1)
    assert len({sample(each.id, seed) for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("each", kinds(), ids=lambda each: each.id)
def test_a_kind_says_all_that_a_patch_tells(each: SecretKind) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each.id)
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+", each.secret_name)
    assert each.title
    assert each.revoke.endswith(".")
    assert each.rotate_url is None or each.rotate_url.startswith("https://")
    assert all(word == word.lower() for word in each.names)


def test_ids_are_unique_and_an_unknown_one_is_refused() -> None:
    assert len({each.id for each in kinds()}) == len(kinds())
    with pytest.raises(KeyError):
        kind("no-such-key")


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_vendors_that_apps_use_most_are_known(vendor: str) -> None:
    assert any(vendor in (*each.names, *each.id.split("-")) for each in kinds())


def test_a_key_is_found_where_it_stands_in_a_text() -> None:
    value = sample("stripe-key", 9)
    (found,) = find_keys(f"curl -u {value}: https://api.stripe.com")
    assert (found.start, found.end) == (8, 8 + len(value))


def test_a_token_that_is_meant_to_be_public_is_none() -> None:
    import base64
    import json

    def part(content: dict[str, str]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")

    token = ".".join((part({"alg": "HS256"}), part({"iss": "supabase", "role": "anon"}), "k3J9" * 11))
    assert find_keys(f"key = {token}") == []


def test_no_pattern_is_slow_on_hostile_text() -> None:
    for text in ("sk-" * 20_000, "eyJ" + "a." * 20_000, "://a:" * 10_000, "A" * 200_000, "webhook" * 10_000):
        assert find_keys(text) == []


@pytest.mark.parametrize("broker", brokers(), ids=lambda broker: broker.id)
def test_no_kind_is_named_like_a_setting_of_a_broker(broker: object) -> None:
    names = {setting.name for setting in broker.settings}  # type: ignore[attr-defined]
    assert names.isdisjoint({each.secret_name for each in kinds()} - {"VAULT_TOKEN"})
