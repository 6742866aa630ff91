"""Find the controls that are missing in a folder.

Prints findings (with --all every verdict) to standard output; progress goes to standard error. Facts of files are
cached, so that a second scan reads only what changed. Exit status: 0 nothing at or above --fail-on, 1 findings, 2 bad
usage or policy, 3 internal error.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.surfaces.report_json import Scanned

EXIT_FINDINGS, EXIT_INTERNAL = 1, 3


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `tenon scan`."""
    folder_options(parser)
    parser.add_argument("--format", choices=("text", "json", "sarif"), default="text", help="default: text")
    parser.add_argument("--all", action="store_true", help="list everything: passes, unknowns, secrets of tests")
    parser.add_argument(
        "--fail-on",
        choices=("critical", "high", "medium", "low", "never"),
        default="high",
        help="exit with 1 for a finding of this severity or above (default: high)",
    )


def folder_options(parser: argparse.ArgumentParser) -> None:
    """What `scan` and `fix` have in common."""
    parser.add_argument("path", type=Path, nargs="?", default=Path(), help="a folder or one file (default: .)")
    parser.add_argument("--policy", type=Path, help="a policy file (default: .github/tenon.yml below PATH, if there)")
    parser.add_argument("--cache", type=Path, help="where facts are cached (default: your cache folder)")
    parser.add_argument("--no-cache", action="store_true", help="read every file anew and keep nothing")
    parser.add_argument("--processes", type=int, default=0, help="how many processes read files (default: up to 4)")


def run(options: argparse.Namespace) -> int:
    """Scan, print, and say by the exit status whether there is something to do."""
    from bot.commands.scanning import scan_folder
    from transforms.engine import with_patches

    work = scan_folder(options)
    scanned = replace(work.scanned, report=with_patches(work.scanned.report, work.policy))
    _print(scanned, options)
    if scanned.report.failures:
        return EXIT_INTERNAL
    return EXIT_FINDINGS if _is_bad(scanned, options.fail_on) else 0


def _print(scanned: "Scanned", options: argparse.Namespace) -> None:
    match options.format:
        case "json":
            from bot.surfaces.report_json import as_json

            print(json.dumps(as_json(scanned, every_verdict=options.all)))
        case "sarif":
            from bot.surfaces.sarif import as_sarif
            from transforms.controls import controls

            print(json.dumps(as_sarif(scanned.report, controls())))
        case _:
            from bot.surfaces.text import Paint, report_lines

            for line in report_lines(scanned.report, Paint.on(sys.stdout), every_verdict=options.all):
                print(line)


def _is_bad(scanned: "Scanned", fail_on: str) -> bool:
    if fail_on == "never":
        return False
    from transforms.api import Severity

    order = list(Severity)
    limit = order.index(Severity(fail_on))
    return any(order.index(each.severity) <= limit for each in scanned.report.findings if each.accepted_risk is None)
