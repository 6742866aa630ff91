"""What the end-to-end tests say about a stage: the shop's pull request, what came of it, which values must not leak."""

import re
from collections.abc import Mapping
from importlib import resources

from fixtures.github.records import CheckRun, Comment, Pull
from fixtures.stage import Stage

SHOP = "acme/corner-shop"
SEED_FILES = ("README.md", "CLAUDE.md")


def open_shop(on_stage: Stage, shop: Mapping[str, bytes], base: Mapping[str, bytes] | None = None) -> int:
    """The shop as a pull request of a coding assistant, its job settled; returns its number."""
    seed_shop(on_stage, shop, base)
    return propose_shop(on_stage, shop)


def seed_shop(on_stage: Stage, shop: Mapping[str, bytes], base: Mapping[str, bytes] | None = None) -> None:
    """The repository of the shop, in which nothing is written yet but what it is for."""
    on_stage.repository_with(SHOP, {name: shop[name] for name in SEED_FILES} | dict(base or {}))


def propose_shop(on_stage: Stage, shop: Mapping[str, bytes]) -> int:
    """The rest of the shop as a pull request, its job settled; returns its number."""
    number = on_stage.propose(SHOP, {path: content for path, content in shop.items() if path not in SEED_FILES})
    on_stage.settle()
    return number


def follow_ups(on_stage: Stage) -> list[Pull]:
    """The pull requests that Tenon opened and that are open."""
    pulls = on_stage.double.pulls(SHOP)
    return [pull for pull in pulls if pull.head_ref.startswith("tenon/") and pull.state == "open"]


def own_checks(on_stage: Stage, head_sha: str) -> list[CheckRun]:
    """Tenon's check runs of a commit."""
    return [run for run in on_stage.double.check_runs(SHOP, head_sha) if run.name == "Tenon"]


def own_comments(on_stage: Stage, number: int) -> list[Comment]:
    """Tenon's comments on a pull request."""
    return [each for each in on_stage.double.comments(SHOP, number) if each.author.endswith("[bot]")]


def generated_values(shop: Mapping[str, bytes]) -> list[bytes]:
    """The secret values that `fixtures.apps.load` put where the committed files have placeholders."""
    values = []
    for path, content in shop.items():
        template = resources.files("fixtures.apps").joinpath("fastapi_shop", path).read_bytes()
        pattern = b"(.+)".join(re.escape(part) for part in re.split(rb"\{\{[a-z-]+\}\}", template))
        if match := re.fullmatch(pattern, content, re.DOTALL):
            values += match.groups()
    return values
