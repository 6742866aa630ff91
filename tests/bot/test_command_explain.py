"""`tenon explain` says of every control what it requires, why, and what may be tuned."""

import dataclasses

import pytest

from tests.bot.terminal import tenon
from transforms.api import Control
from transforms.controls import controls


def test_without_a_name_every_control_is_listed_with_its_requirement() -> None:
    said = tenon("explain")
    assert said.status == 0
    for control in controls():
        assert control.title in next(line for line in said.out.splitlines() if line.split()[0] == control.id)


@pytest.mark.parametrize("control", controls(), ids=lambda control: str(control.id))
def test_a_control_is_explained_from_its_own_documentation(control: Control) -> None:
    said = tenon("explain", control.id)
    assert said.status == 0
    for word in ("**Fix.**", "**Limits.**", control.documentation, control.severity, control.patch):
        assert word in said.out
    for standard in control.standards:
        assert f"{standard.id}: {standard.title}" in said.out
    lines = said.out.splitlines()
    for option in dataclasses.fields(control.options):
        (place,) = [number for number, line in enumerate(lines) if line.startswith(f"  {option.name} = ")]
        assert lines[place + 1].strip(), f"what {option.name} means is not said"


def test_a_control_that_does_not_exist_is_bad_usage_that_names_those_that_do() -> None:
    said = tenon("explain", "route-requires-atuh")
    assert said.status == 2
    assert "route-requires-auth" in said.err
    assert said.out == ""
