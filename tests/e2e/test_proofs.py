"""A patch carries its proof: the tests it adds fail on the shop as it was proposed and pass on the patched one."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from fixtures.stage import Stage
from tests.e2e.scenes import SHOP, follow_ups, open_shop


def written(on_stage: Stage, ref: str, folder: Path) -> Path:
    """The files of a branch, in a folder."""
    for path in on_stage.double.paths(SHOP, ref):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(on_stage.double.file(SHOP, ref, path))
    return folder


def run_pytest(folder: Path, *paths: str) -> "subprocess.CompletedProcess[str]":
    """pytest as the shop's own CI would run it: nothing of Tenon is on the path."""
    environ = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(paths or ("tests",))]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False)


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
