"""What was found, patched and published, what people made of it, and which risks they accepted."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from bot.database import upsert
from bot.store import tables


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """One verdict of one job. `fingerprint` is control + symbol + content hash: it survives moves and renames."""

    job: str
    control: str
    fingerprint: str
    repository_id: int
    pull_number: int
    head_sha: str
    path: str
    line: int
    severity: str
    verdict: str


@dataclass(frozen=True, slots=True)
class PatchRecord:
    """What became of the patch for one finding; `gate` is the one that dropped it, or empty."""

    job: str
    control: str
    fingerprint: str
    status: str
    gate: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """Something Tenon published for a pull request: `kind` and the forge's own id of it."""

    repository_id: int
    repository: str
    pull_number: int
    kind: str  # follow-up | check | comment | review | sarif
    external_id: str
    head_sha: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """What people made of one control's patch in a follow-up pull request."""

    repository_id: int
    pull_number: int
    control: str
    outcome: str  # merged | edited | dismissed | reverted | stale
    happened_at: float


@dataclass(frozen=True, slots=True)
class AcceptedRisk:
    """A finding that somebody answers for, until a date."""

    repository_id: int
    control: str
    fingerprint: str
    reason: str
    owner: str
    accepted_at: float
    expires_at: float  # seconds since 1970


class History:
    """Upserts and a few questions; every write may come twice."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def record_findings(self, findings: Sequence[FindingRecord]) -> None:
        """Keep the verdicts of a job."""
        self._upsert(tables.findings, findings)

    def record_patches(self, patches: Sequence[PatchRecord]) -> None:
        """Keep what became of a job's patches."""
        self._upsert(tables.patches, patches)

    def record_publications(self, publications: Sequence[Publication]) -> None:
        """Keep what was published, after the forge confirmed it."""
        self._upsert(tables.publications, publications)

    def record_outcomes(self, outcomes: Sequence[OutcomeRecord]) -> None:
        """Keep what people made of it; the last word counts."""
        self._upsert(tables.outcomes, outcomes)

    def accept_risk(self, risk: AcceptedRisk) -> None:
        """Keep an accepted risk; the same finding again renews it."""
        self._upsert(tables.accepted_risks, [risk])

    def findings(self, repository_id: int, pull_number: int) -> list[FindingRecord]:
        """All verdicts ever recorded for a pull request, by job."""
        table = tables.findings
        condition = sa.and_(table.c.repository_id == repository_id, table.c.pull_number == pull_number)
        return [FindingRecord(**row) for row in self._rows(table, condition)]

    def patches(self, job: str) -> list[PatchRecord]:
        """What became of the patches of one job."""
        return [PatchRecord(**row) for row in self._rows(tables.patches, tables.patches.c.job == job)]

    def publications(self, repository_id: int, pull_number: int) -> list[Publication]:
        """What Tenon published for a pull request."""
        table = tables.publications
        condition = sa.and_(table.c.repository_id == repository_id, table.c.pull_number == pull_number)
        return [Publication(**row) for row in self._rows(table, condition)]

    def outcomes(self, control: str) -> list[OutcomeRecord]:
        """Every outcome of one control."""
        return [OutcomeRecord(**row) for row in self._rows(tables.outcomes, tables.outcomes.c.control == control)]

    def accepted_risks(self, repository_id: int, now: float | None = None) -> list[AcceptedRisk]:
        """The risks accepted in a repository that have not expired by `now` (seconds since 1970)."""
        table = tables.accepted_risks
        moment = time.time() if now is None else now
        condition = sa.and_(table.c.repository_id == repository_id, table.c.expires_at > moment)
        return [AcceptedRisk(**row) for row in self._rows(table, condition)]

    def _rows(self, table: sa.Table, condition: sa.ColumnElement[bool]) -> list[sa.RowMapping]:
        with self._engine.connect() as connection:
            ordered = sa.select(table).where(condition).order_by(*table.primary_key)
            return list(connection.execute(ordered).mappings())

    def _upsert(
        self,
        table: sa.Table,
        records: Sequence[FindingRecord | PatchRecord | Publication | OutcomeRecord | AcceptedRisk],
    ) -> None:
        with self._engine.begin() as connection:
            upsert(connection, table, [asdict(record) for record in records])
