"""Secrets found in labelled checkouts, beside detect-secrets and kingfisher: precision, recall and F1 in one run.

usage: python -m tests.bench.secret_peers CHECKOUTS LABELS --peers BIN

CHECKOUTS holds a folder OWNER+NAME for each repository; all tools see the same files. LABELS are JSON lines with repo,
path, line, family `secret` and `must_flag`; a finding within one line meets a label. Ours count above low severity.
`outside` are findings that no label knows of: not judged here, and read by people.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.tree import read_tree
from transforms.engine import wants

Place = tuple[str, int]  # path, line
REACH = 1  # lines


@dataclass(frozen=True)
class Label:
    """What a person said of one line."""

    repository: str
    path: str
    line: int
    is_secret: bool


@dataclass(frozen=True)
class Score:
    """How a tool's findings compare with the labels."""

    found: int = 0  # labelled secrets that it found
    missed: int = 0
    wrong: int = 0  # lines labelled as none that it reports
    outside: int = 0

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.wrong) if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed) if self.found else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def plus(self, other: "Score") -> "Score":
        """The sum over two repositories."""
        return Score(
            self.found + other.found,
            self.missed + other.missed,
            self.wrong + other.wrong,
            self.outside + other.outside,
        )


def score(labels: Iterable[Label], places: set[Place]) -> Score:
    """Compare the findings in one repository with its labels."""
    known = list(labels)
    hit = [any(_near(place, label) for place in places) for label in known]
    return Score(
        found=sum(met and label.is_secret for met, label in zip(hit, known, strict=True)),
        missed=sum(label.is_secret and not met for met, label in zip(hit, known, strict=True)),
        wrong=sum(met and not label.is_secret for met, label in zip(hit, known, strict=True)),
        outside=sum(not any(_near(place, label) for label in known) for place in places),
    )


def _near(place: Place, label: Label) -> bool:
    return place[0] == label.path and abs(place[1] - label.line) <= REACH


def labels_of(file: Path) -> list[Label]:
    """The labelled lines that reasonable people agree on."""
    raw = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [
        Label(each["repo"], each["path"], each["line"], bool(each.get("must_flag")))
        for each in raw
        if each["family"] == "secret" and each["line"] and not each.get("contested")
    ]


def ours(folder: Path) -> set[Place]:
    """What `tenon scan` reports above low severity."""
    command = [sys.executable, "-m", "bot", "scan", str(folder), "--format", "json", "--no-cache", "--fail-on", "never"]
    verdicts = json.loads(_output(command, Path.cwd()))["verdicts"]
    return {
        (each["subject"]["path"], each["subject"]["line"])
        for each in verdicts
        if each["family"] == "secrets" and each["severity"] != "low"
    }


def detect_secrets(peers: Path, folder: Path) -> set[Place]:
    """What detect-secrets reports, without asking any vendor."""
    results = json.loads(_output([str(peers / "detect-secrets"), "scan", "--all-files", "-n", "."], folder))["results"]
    return {(path, each["line_number"]) for path, found in results.items() for each in found}


def kingfisher(peers: Path, folder: Path) -> set[Place]:
    """What kingfisher reports with all of its rules, without asking any vendor."""
    options = ("--no-validate", "--format", "json", "--git-history", "none", "--no-update-check", "--confidence", "low")
    said = _output([str(peers / "kingfisher"), "scan", str(folder), *options], folder)
    found = json.JSONDecoder().raw_decode(said)[0].get("findings", [])  # a summary follows
    return {(_below(each["finding"]["path"], folder), each["finding"]["line"]) for each in found}


def _below(path: str, folder: Path) -> str:
    return Path(path).relative_to(folder).as_posix() if Path(path).is_relative_to(folder) else path


def _own_files(folder: Path, target: Path) -> Path:
    """A copy of what people write and configure: vendored folders, caches and huge files are left out for all tools."""
    for source in read_tree(folder, wants).sources:
        (target / source.path).parent.mkdir(parents=True, exist_ok=True)
        (target / source.path).write_bytes(source.content)
    return target


def _output(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        raise SystemExit(f"{Path(command[0]).name} said nothing about {folder.name}: {done.stderr[-300:]}")
    return done.stdout


def main() -> None:
    """Print a row for each tool."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", type=Path)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--peers", type=Path, required=True, help="the bin folder of an environment with both")
    options = parser.parse_args()
    labels = labels_of(options.labels)
    peers = options.peers.resolve()
    tools: dict[str, Callable[[Path], set[Place]]] = {
        "tenon": ours,
        "detect-secrets": lambda folder: detect_secrets(peers, folder),
        "kingfisher": lambda folder: kingfisher(peers, folder),
    }
    totals = dict.fromkeys(tools, Score())
    for repository in sorted({label.repository for label in labels}):
        folder = (options.checkouts / repository.replace("/", "+", 1)).resolve()
        if folder.is_dir():
            mine = [label for label in labels if label.repository == repository]
            with tempfile.TemporaryDirectory() as scratch:
                copied = _own_files(folder, Path(scratch).resolve() / "app")
                for name, find in tools.items():
                    totals[name] = totals[name].plus(score(mine, find(copied)))
    for name, total in totals.items():
        print(f"{name:16} precision {total.precision:.3f}  recall {total.recall:.3f}  F1 {total.f1:.3f}  "
              f"found {total.found}  missed {total.missed}  wrong {total.wrong}  outside {total.outside}")  # fmt: skip


if __name__ == "__main__":
    main()
