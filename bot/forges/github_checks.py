"""The one check run of a head commit: found by name, head and App; annotations by fifties.

GitHub adds the annotations of an update to those it has and takes none away, so only missing ones are sent. One that no
longer applies stays until the next push makes a new head; title, summary and text are always the newest.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from github.CheckRun import CheckRun as FoundRun
from github.Repository import Repository

from bot.forge import Annotation, CheckRun
from bot.forges.github_link import Link
from bot.forges.sizes import clipped

BATCH = 50  # annotations in one request, GitHub's limit
_SAME = ("path", "start_line", "end_line", "annotation_level", "title", "message")
_Sent = dict[str, Any]


def ensure_check(reader: Link, writer: Link, app_id: int, check: CheckRun) -> int:
    """Create or update the check run; returns its id. It is completed by the last request, never before."""
    number = writer.call("open the check run", lambda repository: _opened(repository, app_id, check))
    there = reader.call("read the annotations", lambda repository: _annotations(repository, number))
    batches = _batches([sent for one in check.annotations if _key(sent := _annotation(one)) not in there])
    *first, last = [{"output": _output(check, batch)} for batch in batches]
    for changes in [*first, {**_facts(check), **last}]:
        writer.call("write the check run", partial(_update, number=number, changes=changes))
    return number


def _opened(repository: Repository, app_id: int, check: CheckRun) -> int:
    """The App's run of that name on that head: the newest found, or a new one, in progress."""
    runs = repository.get_commit(check.head_sha).get_check_runs(check_name=check.name)
    ours = [run.id for run in runs if _is_ours(run, app_id, check)]
    if ours:
        return max(ours)
    output: _Sent = {"title": check.title, "summary": clipped(check.summary)}
    return repository.create_check_run(
        check.name, check.head_sha, external_id=check.external_id, status="in_progress", output=output
    ).id


def _is_ours(run: FoundRun, app_id: int, check: CheckRun) -> bool:
    return run.app is not None and run.app.id == app_id and run.name == check.name


def _annotations(repository: Repository, number: int) -> set[tuple[Any, ...]]:
    found = repository.get_check_run(number).get_annotations()
    return {_key(annotation.raw_data) for annotation in found}


def _update(repository: Repository, *, number: int, changes: _Sent) -> None:
    repository.requester.requestJsonAndCheck("PATCH", f"{repository.url}/check-runs/{number}", input=changes)


def _facts(check: CheckRun) -> _Sent:
    """Everything but the output."""
    facts: _Sent = {
        "external_id": check.external_id,
        "status": "completed" if check.conclusion else "in_progress",
        "actions": [
            {"label": action.label, "description": action.description, "identifier": action.identifier}
            for action in check.actions
        ],
    }
    if check.conclusion:
        facts["conclusion"] = check.conclusion.value
    if check.details_url:
        facts["details_url"] = check.details_url
    return facts


def _output(check: CheckRun, annotations: Sequence[_Sent]) -> _Sent:
    output: _Sent = {"title": check.title, "summary": clipped(check.summary), "text": clipped(check.text)}
    return {**output, "annotations": list(annotations)} if annotations else output


def _batches(annotations: list[_Sent]) -> list[list[_Sent]]:
    """By fifties; one empty batch when there is none, for the last request is sent in any case."""
    return [annotations[at : at + BATCH] for at in range(0, len(annotations), BATCH)] or [[]]


def _annotation(annotation: Annotation) -> _Sent:
    return {
        "path": annotation.path,
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "annotation_level": annotation.level.value,
        "title": clipped(annotation.title, 255),
        "message": clipped(annotation.message),
    }


def _key(sent: _Sent) -> tuple[Any, ...]:
    # GitHub hands back null where it was given nothing.
    return tuple(sent.get(name) or "" for name in _SAME)
