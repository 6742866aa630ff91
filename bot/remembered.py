"""In how many commits the history of a repository still holds the values that patches take out of the code."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import TenonError
from bot.facts_cache import FactsCache
from bot.history import Past, Progress, Some, known_in, known_values
from bot.mirror import Mirror
from bot.surfaces.handover import Held, Remembered
from bot.tracked import git_directory
from transforms.app import App
from transforms.concepts_secrets import SecretUse
from transforms.engine import PatchResult
from transforms.gate_secrets import valued

LONGEST = 60.0  # seconds for one job; what was seen until then is kept, so that the next search goes on there
NO_HISTORY = "only its newest commits are here"
NO_GIT = "git could not read one"
TOO_LONG = "that would have taken too long"
NOT_FETCHED = "its commits could not be fetched in the time there is"
MOST_COMMITS = 1_000  # of a job's search, counted back from the pull request's head
MOST_VERSIONS = 500  # of the files in question, the newest first


class _TooLong(Exception):
    """The time for the search is over."""


def remember(
    patches: Iterable[PatchResult],
    app: App,
    files: Mapping[str, bytes],
    repository: Path,
    cache: FactsCache,
    *,
    seconds: float = LONGEST,
    progress: Progress | None = None,
) -> Remembered:
    """What the history holds of the secrets that these patches hand over, by name; or why nobody counted."""
    wanted = _values(patches, app, files)
    if not wanted:
        return Remembered()
    try:
        if (why := _unsearchable(repository)) is not None:
            return Remembered(unsearched=why)
        every = {value for values in wanted.values() for value in values}
        found = known_values(repository, cache, every, _within(seconds, progress))
    except _TooLong:
        return Remembered(unsearched=TOO_LONG)
    except TenonError:
        return Remembered(unsearched=NO_GIT)
    return Remembered(
        {name: _held([found[each] for each in values if each in found]) for name, values in wanted.items()}
    )


def remember_files(
    patches: Iterable[PatchResult],
    app: App,
    files: Mapping[str, bytes],
    mirror: Mirror,
    head: str,
    cache: FactsCache,
    *,
    seconds: float = LONGEST,
) -> Remembered:
    """The same for a job, whose mirror holds the newest commits alone: the commits before them are fetched, up to a
    limit and without files, and of the files only the versions of those that held a secret."""
    kept = tuple(patches)
    wanted = _values(kept, app, files)
    paths = tuple(sorted({path for patch in kept for each in patch.handover for path in each.paths}))
    if not wanted:
        return Remembered()
    end = time.monotonic() + seconds
    try:
        mirror.fetch_history(head, MOST_COMMITS, seconds)
        every = {value for values in wanted.values() for value in values}
        some = Some(head, paths, MOST_VERSIONS)
        left = _within(max(end - time.monotonic(), 0.0), None)
        found, searched = known_in(mirror.path, cache, every, some, mirror.fetch_blobs, left)
    except _TooLong:
        return Remembered(unsearched=TOO_LONG)
    except TenonError:
        return Remembered(unsearched=NOT_FETCHED)
    held = {name: _held([found[each] for each in values if each in found]) for name, values in wanted.items()}
    return Remembered({name: replace(each, searched=searched) for name, each in held.items()})


def _unsearchable(repository: Path) -> str | None:
    """Why a history cannot be searched: a shallow clone has none, a partial one lacks the files of it."""
    folder = git_directory(repository)
    partial = any(folder.glob("objects/pack/*.promisor"))
    return NO_HISTORY if partial or (folder / "shallow").exists() else None


def _values(patches: Iterable[PatchResult], app: App, files: Mapping[str, bytes]) -> dict[str, set[str]]:
    """The values of each secret that leaves the code, by its name: compared, and forgotten with the search."""
    known = {(use.file, use.place): value for use, value in valued(app, files) if not use.placeholder}
    wanted: dict[str, set[str]] = {}
    for patch in patches:
        uses = [finding.concept for finding in patch.findings if isinstance(finding.concept, SecretUse)]
        values = {known[use.file, use.place] for use in uses if (use.file, use.place) in known} - {""}
        for each in patch.handover if values else ():
            wanted.setdefault(each.name, set()).update(values)
    return wanted


def _within(seconds: float, progress: Progress | None) -> Progress:
    """Progress that ends the search when its time is over."""
    end = time.monotonic() + seconds

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total)
        if done < total and time.monotonic() > end:
            raise _TooLong

    return tell


def _held(pasts: Iterable[Past]) -> Held:
    found = tuple(pasts)
    commits = {commit for past in found for commit in past.commits}
    since = min((past.since for past in found), default=0)
    holding = max((past.holding for past in found), default=0)  # of several values, the one that is held the longest
    return Held(len(commits), datetime.fromtimestamp(since, UTC).date().isoformat() if found else "", holding=holding)
