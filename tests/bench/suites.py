"""Run the suites of real apps before and after their patches, and the proofs on both sides.

usage: python -m tests.bench.suites CHECKOUTS SUITES.json [--only NAME] [--work FOLDER]

SUITES.json is a list of {"name": folder below CHECKOUTS, "folder": where the suite starts, "install": arguments of
`pip install`, "test": arguments of `python`, "environ": {...}, "overlay": {path: file to copy there}}.
Each app gets an environment of its own below FOLDER. Nothing of a stranger's app runs with a network: its tests start
in a network namespace that has loopback only (needs `unshare` and root). What its packages run while they are installed
does have one: bring only apps that you would install.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.scanner import scan_sources
from bot.tree import read_tree
from transforms.engine import remedies
from transforms.policy import Policy

LOOPBACK_ONLY = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
LONGEST_SUITE = 900  # seconds
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_SUMS = re.compile(r"(\d+) (passed|failed|error)")


@dataclass(frozen=True)
class Suite:
    """How one app is installed and tested."""

    name: str
    test: list[str]
    install: list[str]
    folder: str = ""
    environ: Mapping[str, str] = field(default_factory=dict)
    overlay: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """What pytest said."""

    passed: int
    failed: int
    names: frozenset[str]  # of what failed

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} not"


class Trial:
    """One app: as it is, and patched."""

    def __init__(self, suite: Suite, checkouts: Path, work: Path) -> None:
        self.suite, self.home = suite, work / suite.name
        self.before, self.after = self.home / "before", self.home / "after"
        self.python = self.home / "venv" / "bin" / "python"
        for copy in (self.before, self.after):
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(checkouts / suite.name, copy, symlinks=True)

    def install(self, root: Path) -> None:
        """What the app says it needs, into its own environment; raises CalledProcessError."""
        if not self.python.exists():
            subprocess.run([sys.executable, "-m", "venv", self.python.parent.parent], check=True)
        pip = [self.python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *self.suite.install]
        subprocess.run(pip, cwd=root / self.suite.folder, check=True, capture_output=True, text=True)

    def patch(self) -> tuple[list[str], str]:
        """Write every patch; the paths of the proofs, and what the patches ask the reader to do."""
        sources = read_tree(self.after).sources
        found = remedies(sources, scan_sources(sources, Policy()).report, Policy())
        for path, content in found.files.items():
            (self.after / path).parent.mkdir(parents=True, exist_ok=True)
            (self.after / path).write_bytes(content)
        proofs = sorted(path for path in found.files if re.search(r"(?:^|/)test_controls_\w+\.py$", path))
        return proofs, "\n".join(line for patch in found.fixed for line in patch.todo)

    def run(self, root: Path, *paths: str) -> Run:
        """The app's suite, or these files alone."""
        folder = root / self.suite.folder
        for target, source in self.suite.overlay.items():
            shutil.copy(source, folder / target)
        inside = [os.path.relpath(root / path, folder) for path in paths]
        test = (
            self.suite.test if not paths else ["-m", "pytest", "-q", "-o", "addopts=", *_settings(self.suite), *inside]
        )
        environ = {"PATH": f"{self.python.parent}:{os.environ['PATH']}", "HOME": str(self.home), **self.suite.environ}
        command = [*LOOPBACK_ONLY, str(self.python), *test, "-rfE", "-p", "no:cacheprovider"]
        done = subprocess.run(
            command, cwd=folder, env=environ, capture_output=True, text=True, timeout=LONGEST_SUITE, check=False
        )
        (self.home / f"{root.name}{'-proofs' if paths else ''}.txt").write_text(done.stdout + done.stderr)
        sums = {what: int(number) for number, what in _SUMS.findall(done.stdout)}
        names = frozenset(_FAILED.findall(done.stdout))
        return Run(sums.get("passed", 0), sums.get("failed", 0) + sums.get("error", 0), names)


def _settings(suite: Suite) -> list[str]:
    """The options of the suite that say which settings an app is tested with."""
    return [part for each in suite.test if "DJANGO_SETTINGS_MODULE" in each for part in ("-o", each)]


def try_suite(suite: Suite, checkouts: Path, work: Path) -> bool:
    """Print what happened to one app; whether what passed still passes and the proofs tell the sides apart."""
    trial = Trial(suite, checkouts, work)
    try:
        trial.install(trial.before)
        before = trial.run(trial.before)
        proofs, todo = trial.patch()
        trial.install(trial.after)
    except subprocess.CalledProcessError as error:
        print(f"{suite.name}: not installed: {str(error.stderr)[-300:].strip()}", flush=True)
        return False
    after = trial.run(trial.after)
    own = {name for name in after.names if not any(proof.rpartition("/")[2] in name for proof in proofs)}
    lost = sorted(own - before.names)
    told = [name for name in lost if name.partition("[")[0].rpartition("::")[2] in todo]
    print(f"{suite.name}: suite {before} -> {after}; broken {len(lost)}, of which {len(told)} are named in the patch")
    for name in lost:
        print(f"    broken: {name}")
    proven = _prove(trial, proofs)
    return len(lost) == len(told) and proven


def _prove(trial: Trial, proofs: list[str]) -> bool:
    if not proofs:
        print("    no proof")
        return True
    passing = trial.run(trial.after, *proofs)
    for proof in proofs:
        (trial.before / proof).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(trial.after / proof, trial.before / proof)
    failing = trial.run(trial.before, *proofs)
    print(f"    proofs ({', '.join(map(shlex.quote, proofs))}): before {failing}; after {passing}", flush=True)
    return passing.failed == 0 and passing.passed > 0 and failing.failed > 0


def main() -> int:
    """Try each suite; 1 when one is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", type=Path)
    parser.add_argument("suites", type=Path)
    parser.add_argument("--only", default="", help="a part of the name")
    parser.add_argument(
        "--work", type=Path, help="where environments and copies are kept (default: a temporary folder)"
    )
    options = parser.parse_args()
    suites = [Suite(**each) for each in json.loads(options.suites.read_text())]
    with tempfile.TemporaryDirectory() as scratch:
        work = (options.work or Path(scratch)).resolve()
        wanted = [suite for suite in suites if options.only in suite.name]
        well = sum(try_suite(suite, options.checkouts.resolve(), work) for suite in wanted)
    print(f"{well} of {len(wanted)} suites as they were, with proofs that tell before from after")
    return 0 if well == len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
