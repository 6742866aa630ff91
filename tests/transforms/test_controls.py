"""Every control in the folder proves itself by its own examples. No control is named here."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transforms import harness
from transforms.api import Bad, Control, Example
from transforms.controls import controls

EXAMPLES = [
    pytest.param(control, example, id=f"{control.id}: {type(example).__name__.lower()}: {example.name}")
    for control in controls()
    for example in control.examples
]
BAD = [each for each in EXAMPLES if isinstance(each.values[1], Bad)]
LINES = st.lists(st.sampled_from(["", "a note", "TODO: later"]), min_size=1, max_size=5)


def test_the_folder_holds_controls_in_a_stacking_order() -> None:
    ids = [control.id for control in controls()]
    assert ids
    assert len(set(ids)) == len(ids)
    assert [control.order for control in controls()] == sorted(control.order for control in controls())


@pytest.mark.parametrize("control", controls(), ids=lambda control: control.id)
def test_a_control_is_complete(control: Control) -> None:
    assert control._check is not None
    module = control._check.__module__.rpartition(".")[2]
    harness.check_metadata(control, module)


@pytest.mark.parametrize(("control", "example"), EXAMPLES)
def test_an_example_keeps_its_word(control: Control, example: Example) -> None:
    harness.check(control, example)


@pytest.mark.parametrize(("control", "example"), BAD)
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(lines=LINES)
def test_a_fingerprint_is_the_same_after_lines_moved(control: Control, example: Bad, lines: list[str]) -> None:
    files, policy = harness.files_of(example.before), harness.policy_of(control, example)
    expected = harness.fingerprints(control, files, policy)
    assert harness.fingerprints(control, harness.moved(files, lines), policy) == expected
