"""The standards that controls cite: known ids with their titles, so that a typo fails at import.

Sources: NIST CSF 2.0 (NIST CSWP 29), OWASP Non-Human Identities Top 10 2025, OWASP API Security Top 10 2023, MITRE CWE.
"""

from dataclasses import dataclass

_TITLES = {
    "NIST-CSF-2.0:PR.AA-01": "Identities and credentials are managed by the organization",
    "NIST-CSF-2.0:PR.AA-03": "Users, services, and hardware are authenticated",
    "NIST-CSF-2.0:PR.AA-05": "Access permissions are defined in a policy, managed, enforced, and reviewed",
    "NIST-CSF-2.0:PR.DS-01": "The confidentiality of data at rest is protected",
    "NIST-CSF-2.0:PR.PS-04": "Log records are generated and made available for continuous monitoring",
    "OWASP-NHI-2025:NHI2": "Secret Leakage",
    "OWASP-NHI-2025:NHI4": "Insecure Authentication",
    "OWASP-NHI-2025:NHI5": "Overprivileged NHI",
    "OWASP-NHI-2025:NHI7": "Long-Lived Secrets",
    "OWASP-NHI-2025:NHI9": "NHI Reuse",
    "OWASP-API-2023:API1": "Broken Object Level Authorization",
    "OWASP-API-2023:API2": "Broken Authentication",
    "OWASP-API-2023:API5": "Broken Function Level Authorization",
    "CWE-250": "Execution with Unnecessary Privileges",
    "CWE-285": "Improper Authorization",
    "CWE-287": "Improper Authentication",
    "CWE-306": "Missing Authentication for Critical Function",
    "CWE-321": "Use of Hard-coded Cryptographic Key",
    "CWE-522": "Insufficiently Protected Credentials",
    "CWE-598": "Use of GET Request Method With Sensitive Query Strings",
    "CWE-639": "Authorization Bypass Through User-Controlled Key",
    "CWE-778": "Insufficient Logging",
    "CWE-798": "Use of Hard-coded Credentials",
    "CWE-862": "Missing Authorization",
}


@dataclass(frozen=True, slots=True)
class Standard:
    """A published requirement by its id, e.g. `CWE-306`; raises KeyError for an id that is not in the list."""

    id: str

    def __post_init__(self) -> None:
        _ = self.title

    @property
    def title(self) -> str:
        """The published title, shortened where it is a whole sentence."""
        return _TITLES[self.id]
