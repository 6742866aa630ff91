"""Tenon holds itself to its own controls."""

from pathlib import Path

from bot.tree import read_tree
from transforms.api import Outcome
from transforms.engine import scan
from transforms.policy import Policy
from transforms.source import SourceFile

ROOT = Path(__file__).parent.parent


def test_the_service_lacks_no_control() -> None:
    sources = [
        SourceFile(f"{package}/{source.path}", source.content)
        for package in ("bot", "transforms")
        for source in read_tree(ROOT / package).sources
    ]
    report = scan(sources, Policy())
    assert [(finding.subject.path, finding.message) for finding in report.findings] == []
    assert report.failures == ()
    assert report.skipped == ()
    judged = {verdict.subject.name: verdict.outcome for verdict in report.verdicts}
    assert judged["GET /healthz"] is Outcome.PASS
    assert judged["POST /webhooks/github"] is Outcome.UNKNOWN  # a bound method checks the signature: not followed yet
