"""What `bot` calls: sources to facts, facts to verdicts, findings to patches, patches through the gates."""

from transforms.edits import Handover
from transforms.remedying import PatchResult, Remedies, Status, remedies
from transforms.scanning import Failure, Report, judge, matters, read_facts, rescan, scan, wants, with_patches

__all__ = [
    "Failure",
    "Handover",
    "PatchResult",
    "Remedies",
    "Report",
    "Status",
    "judge",
    "matters",
    "read_facts",
    "remedies",
    "rescan",
    "scan",
    "wants",
    "with_patches",
]
