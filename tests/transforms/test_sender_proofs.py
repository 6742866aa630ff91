"""The proof that comes with a call to another service: it sends the key of all before, and a token of its own after."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.transforms.harness import patched
from tests.transforms.little_shop import run_proof
from tests.transforms.test_role_proofs import written
from transforms.controls import control
from transforms.examples import workload_identity_between_services as example
from transforms.policy import ControlPolicy, Policy

CONTROL = control("workload-identity-between-services")
PROOF = "tests/test_controls_workload_calls.py"
NAMED = {"services": ("orders.acme.example=urn:orders",)}
OTHERS = '{"X-Internal-Token": os.environ["INTERNAL_TOKEN"], "Accept": "application/json"}'
APPS: Mapping[str, tuple[Mapping[str, str], str, dict[str, tuple[str, ...]]]] = {  # files, where the caller starts, options
    "a plain call": (example.two(example.PLAIN.format(headers=example.SENT)), "shop", {}),
    "an async call with other headers": (example.two(example.LATER.format(headers=OTHERS)), "shop", {}),
    "a client that is told once": (example.two(example.CLIENT.format(given=f"headers={example.SENT}")), "shop", {}),
    "a service that the policy names": ({"app.py": example.one('"https://orders.acme.example/sync"')}, "", NAMED),
}  # fmt: skip


def proven(how: str) -> tuple[dict[str, str], dict[str, str], str]:
    """The caller's files before and after, from where it starts, and its proof."""
    files, home, options = APPS[how]
    policy = Policy(controls={CONTROL.id: ControlPolicy(options=options)})
    result = patched(files, policy, CONTROL)
    after = {**files, **{path: content.decode() for path, content in result.files.items()}}
    before, mine = (
        {path.removeprefix(f"{home}/"): text for path, text in each.items() if path.startswith(home)}
        for each in (files, after)
    )
    (patch,) = [each for each in result.patches if each.proof is not None]
    proofs = {each.path: each.content for each in (patch.proof, *patch.further) if each is not None}
    assert len(proofs) == (2 if home else 1)
    return before, mine, proofs[f"{home}/{PROOF}".lstrip("/")]


@pytest.mark.parametrize("how", APPS)
def test_the_key_leaves_before_and_a_token_after(how: str, tmp_path: Path) -> None:
    files, patched_files, proof = proven(how)
    before = run_proof(written(files, tmp_path / "before"), proof)
    assert "passed" not in before.values()
    after = run_proof(written(patched_files, tmp_path / "after"), proof)
    assert set(after.values()) == {"passed"}
    assert len(after) == 2


@pytest.mark.parametrize(
    ("old", "new", "noticed"),
    [
        ("headers=workload_headers()", 'headers={"X-Internal-Token": KEY, **workload_headers()}', "sends_no_key"),
        ("headers=workload_headers()", "headers={}", "sends_a_token"),
        ("headers=workload_headers()", 'headers=workload_headers("another")', "sends_a_token"),
        ('"grant_type": "client_credentials"', '"grant_type": "password"', "sends_a_token"),
    ],
)
def test_a_call_with_a_mistake_is_noticed(old: str, new: str, noticed: str, tmp_path: Path) -> None:
    _, files, proof = proven("a plain call")
    assert any(old in text for path, text in files.items() if path != PROOF)
    wrong = {path: text.replace(old, new) for path, text in files.items()}
    outcomes = run_proof(written(wrong, tmp_path), proof)
    assert [name for name, how in outcomes.items() if how != "passed" and noticed in name]


def test_the_proof_says_what_it_does_not_show() -> None:
    _, _, proof = proven("a plain call")
    assert "That the called service accepts the token is for its own tests" in " ".join(proof.split())
