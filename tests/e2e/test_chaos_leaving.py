"""A service that runs inside another program leaves that program alone, even when a job outlasts its grace."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.fleet import ROOT

pytestmark = pytest.mark.slow


def test_leaving_in_mid_job_ends_the_service_and_not_the_program(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.e2e.left_in_mid_job", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout == "still here\n", done.stderr
