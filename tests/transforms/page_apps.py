"""Whole apps of pages, patched as a run of `tenon fix` patches them, and written to a folder."""

from collections.abc import Mapping
from pathlib import Path

from fixtures.apps import load
from transforms.engine import Remedies, remedies, scan
from transforms.policy import Policy
from transforms.source import SourceFile

CONTROL = "route-requires-auth"


def patched(files: Mapping[str, bytes]) -> Remedies:
    """What the control makes of an app."""
    sources = [SourceFile(path, content) for path, content in files.items()]
    report = scan(sources, Policy())
    return remedies(sources, report, Policy(), only={CONTROL})


def after(name: str) -> dict[str, bytes]:
    """All files of a fixture app after its patches."""
    before = load(name)
    return {**before, **patched(before).files}


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder
