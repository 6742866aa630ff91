"""Every kind of secret: its samples are found and attributed, wherever they stand, and nowhere else."""

import importlib
import pkgutil
import re
from types import ModuleType

import pytest

from transforms import secrets
from transforms.brokers import brokers
from transforms.secrets import Issuer, SecretKind, kind, kinds, sample
from transforms.secrets.files import FileRole
from transforms.secrets.glance import glance
from transforms.secrets.judgement import judge_key
from transforms.secrets.keys import KeySearch, find_keys
from transforms.secrets.names import read_name

SHAPED = [each for each in kinds() if each.pattern is not None]
SEEDS = range(25)
VENDORS = (
    "openai", "anthropic", "stripe", "aws", "github", "gitlab", "slack", "sendgrid", "twilio", "google", "huggingface",
    "mailgun", "telegram", "discord", "supabase", "pinecone", "groq", "azure", "mistral", "cohere", "qdrant", "auth0",
    "datadog", "sentry", "cloudflare",
)  # fmt: skip
NO_VENDORS = {"credentials", "passwords", "signing", "urls"}  # the generic kinds


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


def vendors() -> list[ModuleType]:
    names = (module.name for module in pkgutil.iter_modules(secrets.__path__))
    modules = [importlib.import_module(f"transforms.secrets.{name}") for name in names if name not in NO_VENDORS]
    return [module for module in modules if hasattr(module, "KINDS")]


def test_there_are_many_vendors_and_each_has_a_file_of_its_own() -> None:
    assert len(vendors()) >= 60
    for module in vendors():
        assert 1 <= len(module.KINDS) <= 6, module.__name__
        assert all(each.issuer is Issuer.VENDOR for each in module.KINDS), module.__name__


@pytest.mark.parametrize("module", vendors(), ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_vendor_says_where_its_keys_are_described(module: ModuleType) -> None:
    assert re.search(r"(?:Keys|Checksum): https://", module.__doc__ or ""), "a page of the vendor's documentation"


def test_a_key_whose_check_digits_are_wrong_is_less_sure() -> None:
    for kind_id in ("github-token", "npm-token"):
        whole = sample(kind_id, 3)
        broken = whole[:-1] + ("x" if whole[-1] != "x" else "y")
        assert [(each.kind, each.checked) for each in find_keys(f"{whole} {broken}")] == [
            (kind_id, True),
            (kind_id, False),
        ]
        assert judge_key(find_keys(whole)[0], FileRole.APP).confidence == "high"
        assert judge_key(find_keys(broken)[0], FileRole.APP).confidence == "medium"


def test_a_name_tells_vendors_apart_whose_keys_look_alike() -> None:
    for each in kinds():
        for other in each.looks_like:
            (found,) = find_keys(sample(other, 1))
            reading = read_name(each.secret_name)
            assert reading is not None
            assert judge_key(found, FileRole.APP, reading).kind == each.id
            assert judge_key(found, FileRole.APP).kind == (other if found.certain else "api-key")


SHARED = [(each.id, other) for each in kinds() for other in each.looks_like if other != "json-web-token"]


@pytest.mark.parametrize(("one", "other"), SHARED, ids=[f"{one}-{other}" for one, other in SHARED])
def test_a_host_or_a_word_tells_vendors_apart_whose_keys_look_alike(one: str, other: str) -> None:
    for found in find_keys(sample(one, 1)):
        if found.kind != other:
            continue
        name = kind(one).names[0]
        for text in (f'url = "https://api.{name}.io/v1"', f"import {name}"):
            assert judge_key(found, FileRole.APP, text=text).kind == one
        asked = judge_key(found, FileRole.APP, text="import httpx")
        assert (asked.kind, set(asked.alike) >= {one, other}) == ("api-key", True)
        both = f"import {name}, {kind(other).names[0]}"
        assert judge_key(found, FileRole.APP, text=both).kind == "api-key"


def test_one_search_lets_nothing_go_that_a_kind_would_find() -> None:
    for each in SHAPED:
        for seed in SEEDS:
            for text in (around(each, sample(each.id, seed)), f"{each.marks[0]}: {sample(each.id, seed)}, next"):
                assert KeySearch(text).possible, each.id
