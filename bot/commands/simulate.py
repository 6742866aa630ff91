"""Say what Tenon would do on a pull request, and write nothing: no branch, no check, no comment.

PULL is OWNER/REPO#N or the address of the pull request. It is read as the App reads it: TENON_APP_ID and the App's
private key must be set, and the App must be installed there. No language model is asked. In the diff that is printed
every secret value is masked, so it is for reading, not for `git apply`.
Exit status: 0 done, 2 bad usage, settings or policy, 3 internal error.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import TenonError

if TYPE_CHECKING:
    from bot.analysis import Analysis
    from bot.plan import Plan

MASK = "[masked]"
_PULL = re.compile(r"(?:https?://[^/\s]+/)?(?P<repository>[\w.-]+/[\w.-]+)(?:#|/pull/)(?P<number>[1-9][0-9]{0,9})")


@dataclass(frozen=True, slots=True)
class Address:
    """Which pull request is meant."""

    repository: str
    number: int


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `tenon simulate`."""
    parser.add_argument("pull", metavar="PULL", help="OWNER/REPO#N, or https://github.com/OWNER/REPO/pull/N")


def run(options: argparse.Namespace) -> int:
    """Print the follow-up pull request and the check run that Tenon would make."""
    address = address_of(options.pull)
    from bot.planning import make_plan

    _say(f"reading {address.repository} #{address.number}")
    analysis = _analysed(address)
    _say("writing patches and asking every gate")
    plan = make_plan(analysis, "simulation", None)
    for line in _account(analysis, plan):
        print(line)
    return 0


def address_of(text: str) -> Address:
    """The pull request that a person means; raises TenonError."""
    found = _PULL.fullmatch(text.strip().rstrip("/"))
    if found is None:
        raise TenonError(f"{text!r} names no pull request: write OWNER/REPO#N or its address.")
    return Address(found["repository"], int(found["number"]))


def _analysed(address: Address) -> "Analysis":
    """What a job would find out, by tokens that can only read."""
    from bot import config as configuration
    from bot.analysis import analyse
    from bot.facts_cache import NoCache
    from bot.forges.github import GitHubForge
    from bot.mirror import Mirror
    from bot.snapshot import SnapshotLimits
    from bot.wiring import github_app

    forge = GitHubForge.find(github_app(configuration.load()), address.repository)
    pull, commits = forge.pull(address.number), forge.pull_commits(address.number)
    with tempfile.TemporaryDirectory(prefix="tenon-simulate-") as folder:
        mirror = Mirror(Path(folder) / "mirror.git", forge.repository().clone_url, forge.fetch_credentials)
        return analyse(pull, commits, mirror, NoCache(), SnapshotLimits())


def _account(analysis: "Analysis", plan: "Plan") -> Iterator[str]:
    from bot.surfaces.text import plain
    from transforms.diffs import unified_diff
    from transforms.engine import Status

    pull, check = analysis.pull, plan.check
    yield plain(f"#{pull.number} {pull.title} ({pull.head_ref} into {pull.base_ref}, {pull.state})")
    yield f"mode        {plan.mode} ({analysis.mode.why})"
    yield f"check run   {check.title} ({check.conclusion}), {len(check.annotations)} annotation(s)"
    if not plan.commits:
        yield "follow-up   none: there is nothing to patch"
        return
    yield plain(f"follow-up   {plan.title} ({plan.branch} into {plan.head_ref}); {_whether(plan)}")
    yield ""
    yield from map(plain, plan.body.splitlines())
    yield ""
    diff = unified_diff(tuple(each for each in analysis.remedies.patches if each.status is Status.FIXED))
    yield from map(plain, _masked(diff, analysis.secret_values).splitlines())


def _whether(plan: "Plan") -> str:
    """Whether the mode and the kind of pull request let it be opened."""
    from transforms.policy import Mode

    if plan.from_fork:
        return "not opened, because the pull request comes from a fork: a comment carries the patch"
    if plan.mode in (Mode.PATCH, Mode.ENFORCE):
        return "it would be opened or updated"
    return f"not opened in mode {plan.mode}"


def _masked(text: str, values: Iterable[str]) -> str:
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, MASK)
    return text


def _say(text: str) -> None:
    print(f"» {text}", file=sys.stderr, flush=True)
