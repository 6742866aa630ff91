"""What `scan` and `fix` share: read the folder, its policy and its facts, and say how it goes."""

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.facts_cache import FactsCache, NoCache, open_cache
from bot.origin import TEXTS_WANTED, Clues, judge
from bot.scanner import Progress, scan_sources
from bot.surfaces.report_json import Scanned
from bot.tree import Tree, read_tree
from transforms.engine import wants
from transforms.policy import DEFAULT_PATH, Policy
from transforms.source import SourceFile

MANY_FILES = 400  # from here on a scan takes long enough that somebody wonders


@dataclass(frozen=True, slots=True)
class Work:
    """A scanned folder and what it was scanned with."""

    scanned: Scanned
    sources: tuple[SourceFile, ...]
    policy: Policy


def scan_folder(options: argparse.Namespace) -> Work:
    """Scan `options.path` by its policy; raises TenonError for a path or a policy that cannot be read."""
    root: Path = options.path
    policy = _policy(options.policy, root)
    tree = read_tree(root, lambda path: wants(path) or path in TEXTS_WANTED)
    processes = options.processes or min(4, os.cpu_count() or 1)
    progress = _progress(len(tree.sources))
    result = scan_sources(tree.sources, policy, _cache(options), processes=processes, progress=progress)
    report = result.report.with_skipped(tree.skipped)
    scanned = Scanned(report, str(root), _commit(root), len(tree.paths), _origin(tree))
    return Work(scanned, tree.sources, policy)


def _policy(path: Path | None, root: Path) -> Policy:
    """The policy; what reads YAML is imported only where there is a file to read."""
    if path is None and not (root / DEFAULT_PATH).is_file():
        return Policy()
    from bot.policy_file import load_policy

    return load_policy(path, root)


def _origin(tree: Tree) -> dict[str, object]:
    texts = {each.path: each.content.decode(errors="replace") for each in tree.sources if each.path in TEXTS_WANTED}
    origin = judge(Clues(paths=tree.paths, texts=texts))
    evidence = [
        {"tier": each.tier, "tool": each.tool, "what": each.what, "where": each.where} for each in origin.evidence
    ]
    return {"ai_generated": origin.tier, "evidence": evidence}


def _cache(options: argparse.Namespace) -> FactsCache:
    return NoCache() if options.no_cache else open_cache(options.cache)


def _progress(files: int) -> Progress | None:
    if files < MANY_FILES or not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        end = "\n" if done >= total else "\r"
        print(f"reading files: {done} of {total}", end=end, file=sys.stderr, flush=True)

    return show


def _commit(root: Path) -> str | None:
    """The commit a checkout stands at; None outside git."""
    command = ["git", "-C", str(root if root.is_dir() else root.parent), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
