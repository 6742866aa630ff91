"""What a job leaves in the store: its findings, its patches, what it published, and an audit entry for every write."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.analysis import Analysis
from bot.forge import Repository
from bot.jobs import JobRequest
from bot.store import AuditEntry, FindingRecord, PatchRecord, Publication, Store


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one job; every one may be written twice."""

    store: Store
    request: JobRequest
    clock: Callable[[], float]  # seconds since the epoch

    def analysed(self, analysis: Analysis) -> None:
        """Every verdict that failed, and what became of each patch."""
        job, repository = self.request.job_id, self.request.repository_id
        self.store.history.record_findings(
            [
                FindingRecord(
                    job=job,
                    control=verdict.control,
                    fingerprint=verdict.fingerprint,
                    repository_id=repository,
                    pull_number=analysis.pull.number,
                    head_sha=analysis.pull.head_sha,
                    path=verdict.subject.path,
                    line=verdict.subject.place.line,
                    severity=verdict.severity.value,
                    verdict=verdict.outcome.value,
                )
                for verdict in analysis.report.findings
            ]
        )
        self.store.history.record_patches(
            [
                PatchRecord(job, patch.control, finding.fingerprint, patch.status.value, patch.stopped_by)
                for patch in analysis.remedies.patches
                for finding in patch.findings
            ]
        )

    def publications(self) -> list[Publication]:
        """What Tenon published for this pull request so far."""
        return self.store.history.publications(self.request.repository_id, self.request.pull_number)

    def wrote(self, repository: Repository, kind: str, external_id: str, head_sha: str, url: str = "") -> None:
        """One thing published: found again by later jobs, and told to whoever asks what Tenon wrote and why."""
        request = self.request
        place = f"{repository.full_name}#{request.pull_number}"
        publication = Publication(
            request.repository_id, repository.full_name, request.pull_number, kind, external_id, head_sha, url
        )
        self.store.history.record_publications([publication])
        why = f"delivery {request.delivery}, {request.reason.value}"
        self.store.audit.add([AuditEntry(request.job_id, f"ensure {kind}", place, why, self.clock())])
