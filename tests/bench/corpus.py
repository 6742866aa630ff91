"""Scan and fix every app below a folder of checkouts: does anything crash, parse no more, or change twice?

usage: python -m tests.bench.corpus CHECKOUTS

Each app is patched in a copy; the patched copy is scanned and patched again, and that must change nothing.
"""

import argparse
import ast
import collections
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.scanner import scan_sources
from bot.tree import read_tree
from transforms.engine import Remedies, remedies
from transforms.policy import Policy


@dataclass(frozen=True)
class Outcome:
    """What happened to one app."""

    name: str
    files: int
    findings: int
    patched: int  # findings with a patch that passed every gate
    stopped: collections.Counter[str]  # patches dropped, by gate
    failures: tuple[str, ...]  # controls that broke
    unparsable: tuple[str, ...]  # patched files that parse no more
    again: tuple[str, ...]  # files that a second run would change
    seconds: float

    @property
    def is_well(self) -> bool:
        """Nothing crashed, everything parses, the second run is empty."""
        return not (self.failures or self.unparsable or self.again)


def try_app(folder: Path) -> Outcome:
    """Scan and fix a copy of one app, twice."""
    begun = time.process_time()
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / folder.name
        shutil.copytree(folder, copy, symlinks=True)
        first, findings, files = _fix(copy)
        for path, content in first.files.items():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_bytes(content)
        second, _, _ = _fix(copy)
    rejected = [patch for patch in first.patches if patch.stopped_by]
    return Outcome(
        name=folder.name,
        files=files,
        findings=findings,
        patched=sum(len(patch.findings) for patch in first.fixed),
        stopped=collections.Counter(f"{patch.control}:{patch.stopped_by}" for patch in rejected),
        failures=tuple(f"{each.control}:{each.error}" for each in (*first.failures, *second.failures)),
        unparsable=tuple(_unparsable(first.files)),
        again=tuple(second.files),
        seconds=time.process_time() - begun,
    )


def _fix(folder: Path) -> tuple[Remedies, int, int]:
    sources = read_tree(folder).sources
    report = scan_sources(sources, Policy()).report
    return remedies(sources, report, Policy()), len(report.findings), len(sources)


def _unparsable(files: dict[str, bytes]) -> Iterator[str]:
    for path, content in files.items():
        try:
            if path.endswith(".py"):
                ast.parse(content)
        except SyntaxError:
            yield path


def main() -> int:
    """Print a line for each app and the sums; 1 when any is not well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", type=Path)
    options = parser.parse_args()
    outcomes = []
    for folder in sorted(path for path in options.checkouts.iterdir() if path.is_dir()):
        outcome = try_app(folder)
        outcomes.append(outcome)
        state = "ok" if outcome.is_well else f"FAILED {outcome.failures} {outcome.unparsable} {outcome.again}"
        dropped = " ".join(f"{gate}={number}" for gate, number in outcome.stopped.items())
        print(
            f"{outcome.name:60} {outcome.findings:4} findings {outcome.patched:4} patched  {dropped} {state}",
            flush=True,
        )
    patched, found = sum(each.patched for each in outcomes), sum(each.findings for each in outcomes)
    stopped = sum((each.stopped for each in outcomes), collections.Counter[str]())
    well = sum(each.is_well for each in outcomes)
    print(f"{well} of {len(outcomes)} apps well; {patched} of {found} findings patched; dropped: {dict(stopped)}")
    return 0 if well == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
