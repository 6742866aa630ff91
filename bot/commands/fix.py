"""Write the patches that add missing controls.

A dry run prints a unified diff. By its nature a removed line shows what the code holds today, so a secret's value is
printed as `…` there; --show-values prints it as it is, which `git apply` needs. --write changes the files. Every patch
has passed all gates; one that did not is named with the gate that refused it.
Exit status: 0 done or nothing to do, 2 bad usage or policy, 3 internal error.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.scan import EXIT_INTERNAL, folder_options
from bot.errors import TenonError

LONGEST_SEARCH = 600.0  # seconds in the history; somebody waits, and sees how it goes

if TYPE_CHECKING:
    from bot.commands.scanning import Work
    from transforms.engine import PatchResult, Remedies


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `tenon fix`."""
    folder_options(parser)
    parser.add_argument("--write", action="store_true", help="change the files instead of printing a diff")
    parser.add_argument(
        "--show-values", action="store_true", help="print removed secrets as they are: for `git apply`, never for a log"
    )
    parser.add_argument("--control", action="append", default=[], metavar="ID", help="only this control (repeatable)")
    parser.add_argument("--family", action="append", default=[], metavar="F", help="only this family (repeatable)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument(
        "--handover",
        type=Path,
        metavar="FILE",
        help="write down what a person needs where secrets leave the code",
    )


def run(options: argparse.Namespace) -> int:
    """Patch, then print the diff or write the files."""
    from bot.commands.scanning import scan_folder
    from transforms.engine import remedies

    work = scan_folder(options)
    result = remedies(work.sources, work.scanned.report, work.policy, only=frozenset(_chosen(options)) or None)
    if options.write:
        _write(options.path, result)
    if options.handover is not None:
        _hand_over(work, result, options)
    _print(work, result, options)
    return EXIT_INTERNAL if result.failures else 0


def _hand_over(work: "Work", result: "Remedies", options: argparse.Namespace) -> None:
    from bot.commands.secrets_history import history_cache, history_progress
    from bot.owners import Owners
    from bot.remembered import remember
    from bot.surfaces.handover import page

    owners = Owners.beside(options.path)
    files = {each.path: each.content for each in work.sources}
    past = remember(
        result.fixed,
        work.scanned.report.app,
        files,
        options.path,
        history_cache(options),
        seconds=LONGEST_SEARCH,
        progress=history_progress(),
    )
    text = page((each for patch in result.fixed for each in patch.handover), owners.of_path, past)
    options.handover.write_text(text + "\n" if text else "No secret leaves the code.\n", encoding="utf-8")


def _chosen(options: argparse.Namespace) -> list[str]:
    """The ids of the controls that were asked for; raises TenonError for a name that is none."""
    from transforms.controls import controls

    ids, families = {control.id for control in controls()}, {control.family.value for control in controls()}
    for name in (set(options.control) - ids) | (set(options.family) - families):
        raise TenonError(f"There is no control or family {name!r}; `tenon explain` lists the controls.")
    return [control.id for control in controls() if control.id in options.control or control.family in options.family]


def _write(root: Path, result: "Remedies") -> None:
    """Write all files or none; raises TenonError for one that a link would lead out of the folder."""
    folder = (root.resolve().parent if root.is_file() else root).resolve()
    targets = {folder / path: content for path, content in result.files.items()}
    for target in targets:
        if not target.resolve().is_relative_to(folder):
            raise TenonError(f"{target} leads out of {folder} by a symbolic link: nothing was written.")
    for target, content in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _print(work: "Work", result: "Remedies", options: argparse.Namespace) -> None:
    from transforms.diffs import unified_diff

    if options.format == "json":
        print(json.dumps({"format": 1, "patches": [_as_json(patch) for patch in result.patches]}))
        return
    if not options.write:
        diff = unified_diff(result.patches)
        shown = diff if options.show_values else _masked(diff, work)
        sys.stdout.write(shown)
        if shown != diff:
            print("values of secrets are printed as …; --show-values prints a diff for git apply", file=sys.stderr)
    for line in _summary(result.patches, written=options.write):
        print(line, file=sys.stderr)


def _masked(diff: str, work: "Work") -> str:
    """The diff with no value of a secret in it."""
    from transforms.gate_secrets import masked, secret_values

    return masked(diff, secret_values(work.scanned.report.app, {each.path: each.content for each in work.sources}))


def _summary(patches: "Sequence[PatchResult]", *, written: bool) -> list[str]:
    fixed = [patch for patch in patches if patch.status == "fixed"]
    lines = [f"{'written' if written else 'would write'}: {patch.title} ({patch.control})" for patch in fixed]
    rejected = [patch for patch in patches if patch.status == "rejected"]
    lines += [f"dropped by gate {patch.stopped_by}: {patch.title} ({patch.control})" for patch in rejected]
    advice = sum(len(patch.findings) for patch in patches if patch.status == "advice")
    if advice:
        lines.append(f"{advice} finding(s) have no safe edit: `tenon scan` lists them, `tenon explain` says what to do")
    todo = list(dict.fromkeys(item for patch in fixed for item in patch.todo))
    gone = dict.fromkeys(path for patch in fixed for path in patch.removed)
    todo += [f"Run `git rm --cached {path}`: it leaves the repository, and your own copy stays." for path in gone]
    if todo:
        lines += ["", "what you must do:", *(f"  - {item}" for item in todo)]
    return lines or ["nothing to patch"]


def _as_json(patch: "PatchResult") -> dict[str, Any]:
    return {
        "control": patch.control,
        "title": patch.title,
        "status": str(patch.status),
        "gate": patch.stopped_by or None,
        "applicability": str(patch.applicability),
        "findings": [finding.fingerprint for finding in patch.findings],
        "files": sorted(patch.files),
        "removed": sorted(patch.removed),
        "todo": list(patch.todo),
    }
