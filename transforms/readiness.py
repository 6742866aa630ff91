"""How ready an app is, 0 to 100, in the four parts of enterprise readiness: the share of verdicts that pass."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from transforms.api import Family, Outcome, Verdict

PARTS: Mapping[str, frozenset[Family]] = MappingProxyType(
    {
        "identity": frozenset({Family.IDENTITY, Family.WORKLOAD_IDENTITY, Family.SESSION}),
        "authorization": frozenset({Family.AUTHORIZATION, Family.TENANCY, Family.EXPOSURE}),
        "observability": frozenset({Family.AUDIT}),
        "recovery": frozenset({Family.RECOVERY, Family.SECRETS}),
    }
)


def readiness(verdicts: Iterable[Verdict]) -> dict[str, int | None]:
    """A score for each part and `overall` (their mean); None where nothing was judged. Unknown counts as neither."""
    passed = dict.fromkeys(PARTS, 0)
    judged = dict.fromkeys(PARTS, 0)
    for verdict in verdicts:
        for part, families in PARTS.items():
            if verdict.family in families and verdict.outcome is not Outcome.UNKNOWN:
                judged[part] += 1
                passed[part] += verdict.outcome is Outcome.PASS
    scores = {part: round(100 * passed[part] / judged[part]) if judged[part] else None for part in PARTS}
    known = [score for score in scores.values() if score is not None]
    return {**scores, "overall": round(sum(known) / len(known)) if known else None}
