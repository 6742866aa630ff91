"""A patch carries its proof: the tests it adds fail on the shop as it was proposed and pass on the patched one."""

from collections.abc import Mapping
from pathlib import Path

from fixtures.stage import Stage
from tests.apart import run_pytest
from tests.e2e.scenes import SHOP, follow_ups, open_shop


def written(on_stage: Stage, ref: str, folder: Path) -> Path:
    """The files of a branch, in a folder."""
    for path in on_stage.double.paths(SHOP, ref):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(on_stage.double.file(SHOP, ref, path))
    return folder


def test_each_proof_fails_before_and_passes_after(on_stage: Stage, shop: Mapping[str, bytes], tmp_path: Path) -> None:
    open_shop(on_stage, shop)
    (pull,) = follow_ups(on_stage)
    after = written(on_stage, pull.head_ref, tmp_path / "after")
    proofs = sorted(path.relative_to(after).as_posix() for path in after.glob("tests/test_controls_*.py"))
    assert proofs
    passed = run_pytest(after)
    assert passed.returncode == 0, passed.stdout[-3000:]
    before = written(on_stage, "feature", tmp_path / "before")
    for proof in proofs:
        (before / proof).write_bytes((after / proof).read_bytes())
        failed = run_pytest(before, proof)
        assert failed.returncode not in {0, 5}, f"{proof}: {failed.stdout[-1000:]}"
