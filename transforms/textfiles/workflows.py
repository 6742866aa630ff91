"""Workflows of CI: which of their lines reach a machine that serves people.

What a job of tests is given opens the database that it starts itself. A job that carries the app to a machine writes
what runs there.
"""

import re
from collections.abc import Iterator, Sequence

_CARRIES = re.compile(
    r"ssh-action|scp-action|rsync|(?:^|[\s\"'|;&])(?:ssh|scp)\s|kubectl\s+(?:apply|set|rollout)|helm\s+(?:upgrade|install)|"
    r"fly(?:ctl)?\s+deploy|\beb\s+deploy|gcloud\s+(?:run|app|functions)\s+deploy|az\s+webapp|heroku|serverless\s+deploy|"
    r"sam\s+deploy|cdk\s+deploy|terraform\s+apply|docker\s+stack\s+deploy|update-service"
)
_JOBS = re.compile(r"^jobs\s*:")
_WRITTEN = re.compile(
    r"^\s*(?:-\s*run:\s*)?(?:export\s+|echo\s+[\"']?)?[A-Za-z_]\w*=\S"
)  # in a script, not in a mapping


def deployed(lines: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines in which a script of a job that deploys sets a variable."""
    found = (number for job in _jobs(lines) if any(map(_CARRIES.search, _texts(lines, job))) for number in job)
    return frozenset(number for number in found if _WRITTEN.match(lines[number - 1]))


def _texts(lines: Sequence[str], job: range) -> Iterator[str]:
    return (lines[number - 1] for number in job)


def _jobs(lines: Sequence[str]) -> Iterator[range]:
    """The lines of each job: below `jobs:`, or below each name on the first level where there is no such word."""
    start = next((number for number, line in enumerate(lines, 1) if _JOBS.match(line)), 0)
    indents = [_indent(line) for line in lines[start:] if line.strip() and not line.lstrip().startswith("#")]
    outer = indents[0] if indents else 0
    heads = [number for number, line in enumerate(lines[start:], start + 1) if line.strip() and _indent(line) <= outer]
    for head, after in zip(heads, [*heads[1:], len(lines) + 1], strict=True):
        yield range(head, after)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
