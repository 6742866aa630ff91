"""Scan and fix every app below a folder of checkouts: does anything crash, parse no more, or change twice?

usage: python -m tests.bench.corpus CHECKOUTS

Each app is patched in a copy; the patched copy is scanned and patched again, and that must change nothing.
"""

import argparse
import ast
import collections
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.scanner import scan_sources
from bot.tree import read_tree
from transforms.engine import Remedies, Report, remedies
from transforms.policy import Policy
from transforms.source import SourceFile


@dataclass(frozen=True)
class Outcome:
    """What happened to one app."""

    name: str
    lines: int  # of Python
    routes: int
    lengths: tuple[int, ...]  # lines of each file with routes
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
        first, report, sources = _fix(copy)
        for path, content in first.files.items():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_bytes(content)
        second, _, _ = _fix(copy)
    lines = {each.path: each.content.count(b"\n") for each in sources if each.is_python}
    rejected = [patch for patch in first.patches if patch.stopped_by]
    return Outcome(
        name=folder.name,
        lines=sum(lines.values()),
        routes=len(report.app.endpoints),
        lengths=tuple(lines[path] for path in {each.file for each in report.app.endpoints} & lines.keys()),
        findings=len(report.findings),
        patched=sum(len(patch.findings) for patch in first.fixed),
        stopped=collections.Counter(f"{patch.control}:{patch.stopped_by}" for patch in rejected),
        failures=tuple(f"{each.control}:{each.error}" for each in (*first.failures, *second.failures)),
        unparsable=tuple(_unparsable(first.files)),
        again=tuple(second.files),
        seconds=time.process_time() - begun,
    )


def _fix(folder: Path) -> tuple[Remedies, Report, tuple[SourceFile, ...]]:
    sources = read_tree(folder).sources
    report = scan_sources(sources, Policy()).report
    return remedies(sources, report, Policy()), report, sources


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
    lines, routes = sum(each.lines for each in outcomes), sum(each.routes for each in outcomes)
    usual = statistics.median(length for each in outcomes for length in each.lengths)
    print(f"{lines} lines, {routes} routes: one in {lines / routes:.0f}; files with routes have {usual:.0f} (median)")
    return 0 if well == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
