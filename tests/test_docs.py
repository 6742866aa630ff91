"""The pages of docs/ are compared with the code they speak of."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Config
from bot.forges.github_app import PERMISSIONS, TokenMode
from bot.metrics import Metrics
from bot.policy_file import read_policy
from transforms.policy import Mode

ROOT = Path(__file__).parents[1]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
OWN_WORDS = {"executor_id": "host, process and a random part"}  # a default that is no constant


def rows(first_cell: str) -> dict[str, list[str]]:
    """The rows of the operations page whose first cell is code that begins so: that code to the other cells."""
    found = re.findall(rf"^\| `({first_cell}\w*)` \|(.*)\|$", OPERATIONS, re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split(" | ")] for name, rest in found}


def variable(field: str) -> str:
    """The variable that sets a field of Config."""
    alias = Config.model_fields[field].validation_alias
    return str(alias.choices[0]) if alias is not None and not isinstance(alias, str) else f"TENON_{field.upper()}"


def settings() -> list[str]:
    """The fields that people set; the others are filled or set by Tenon itself."""
    return [name for name in Config.model_fields if name not in {"private_key", "leash"}]


def test_every_setting_is_on_the_page_and_nothing_else() -> None:
    assert set(rows("TENON_")) == {variable(name) for name in settings()}


@pytest.mark.parametrize("field", settings())
def test_a_default_is_the_one_of_the_code(field: str) -> None:
    default = Config.model_fields[field].get_default()
    shown = OWN_WORDS.get(field) or ("not set" if default is None or isinstance(default, SecretStr) else f"`{default}`")
    assert rows("TENON_")[variable(field)][0] == shown


def test_every_metric_on_the_page_is_one_of_the_code() -> None:
    known = {family.name for family in Metrics().registry.collect()} | {"tenon_deliveries_open"}
    assert {name.removesuffix("_total") for name in rows("tenon_")} <= known


def test_the_permissions_are_those_that_tokens_are_made_with() -> None:
    asked = PERMISSIONS[TokenMode.READ] | PERMISSIONS[TokenMode.WRITE]
    level = {"read": "read", "write": "read and write"}
    for name, wanted in asked.items():
        title = name.replace("_", " ").capitalize()
        assert f"| {title} | {level[wanted]} |" in OPERATIONS
    assert len(re.findall(r"\| read( and write)? \|", OPERATIONS)) == len(asked)


def test_the_example_of_a_policy_is_one() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", OPERATIONS, re.DOTALL)
    policy = read_policy(example)
    assert policy.mode is Mode.PATCH
    assert policy.accepted_risks


def test_every_mode_is_explained() -> None:
    assert set(Mode) <= set(rows(""))


def test_the_paths_on_the_page_are_served() -> None:
    source = (ROOT / "bot" / "web.py").read_text()
    for path in ("/webhooks/github", "/healthz", "/readyz", "/metrics"):
        assert path in OPERATIONS
        assert f'"{path}"' in source


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        assert link.startswith("https://") or (page.parent / link).exists(), link


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda page: str(page.name))
def test_a_decision_is_short(page: Path) -> None:
    assert len(page.read_text().splitlines()) <= 40


def test_every_room_on_the_page_of_the_house_is_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    (tree,) = re.findall(r"```\n(transforms/.*?)```", page, re.DOTALL)
    folder = ""
    for line in tree.splitlines():
        if line and not line.startswith(" "):
            folder = line.split()[0]
            assert (ROOT / folder).is_dir(), folder
        for name in re.findall(r"(?<![\w*])[\w-]+(?:\.py|\.md|/)(?!\w)", line):
            assert (ROOT / folder / name).exists() or (ROOT / name).exists(), f"{folder}{name}"
