"""pytest in a process of its own, as an app's CI would run it: with nothing of Tenon on the path."""

import os
import subprocess
import sys
from pathlib import Path

LONGEST = 600.0  # seconds; generous, because the machine may be busy


def run_pytest(folder: Path, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """What pytest says in `folder` about `arguments` (default: its tests); `settings` are more environment variables.

    Plugins are left out that happen to be installed beside it: an app's tests do not know them, and loading them takes
    five times what pytest itself takes.
    """
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(folder),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        **settings,
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(arguments or ("tests",))]
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=LONGEST, check=False
    )
