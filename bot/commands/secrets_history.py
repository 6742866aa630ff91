"""Search the history of a repository for secrets: since when, in how many commits, and which are gone today.

Every version of every file is looked at once; what was seen is kept by its blob, so that a second search reads only
what is new. A value in the history stays readable for whoever has a clone: rotate it, whatever the files say today.
Exit status: 0 nothing found, 1 found, 2 bad usage or no repository, 3 internal error.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.scan import EXIT_FINDINGS

if TYPE_CHECKING:
    from bot.facts_cache import FactsCache
    from bot.history import History, Past, Progress

MOST_PATHS = 3  # shown for one secret


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `tenon secrets history`."""
    parser.add_argument("path", type=Path, nargs="?", default=Path(), help="a repository, bare or not (default: .)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("--all", action="store_true", help="those of tests and examples, too")
    parser.add_argument("--only-history", action="store_true", help="only what today's files no longer hold")
    parser.add_argument("--cache", type=Path, help="where it is kept what was seen (default: your cache folder)")
    parser.add_argument("--no-cache", action="store_true", help="look at every version anew and keep nothing")


def run(options: argparse.Namespace) -> int:
    """Search and print."""
    from bot.history import search, values_of_tree

    history = search(
        options.path,
        history_cache(options),
        values_of_tree(options.path),
        aside=options.all,
        progress=history_progress(),
    )
    shown = [past for past in history.secrets if not (options.only_history and past.in_tree)]
    if options.format == "json":
        print(json.dumps(_as_json(history, shown)))
    else:
        for line in _lines(history, shown):
            print(line)
    return EXIT_FINDINGS if shown else 0


def history_cache(options: argparse.Namespace) -> "FactsCache":
    """Where it is kept what was seen of the history, or nothing that keeps."""
    from bot.facts_cache import NoCache, default_cache_path, open_cache

    if options.no_cache:
        return NoCache()
    return open_cache(options.cache or default_cache_path().with_name("history.sqlite"))


def history_progress() -> "Progress":
    """Lines that say how far a search is."""

    def tell(done: int, total: int) -> None:
        print(f"» {done} of {total} versions of files read", file=sys.stderr, flush=True)

    return tell


def _lines(history: "History", shown: "list[Past]") -> Iterator[str]:
    from bot.surfaces.text import plain

    for past in shown:
        where = ", ".join(map(plain, past.paths[:MOST_PATHS]))
        more = f" and {len(past.paths) - MOST_PATHS} more" if len(past.paths) > MOST_PATHS else ""
        state = "still there" if past.in_tree else f"in the history alone, last written {_day(past.until)}"
        yield f"{past.title} ({plain(past.name)}): since {_day(past.since)}, {_commits(past)}, {state}"
        yield f"    {where}{more}"
    yield (
        f"{len(shown)} secrets in {history.versions} versions of files and {history.commits} commits; "
        f"{history.read} versions were read, the others were known"
    )
    if history.missing:
        yield f"not in this clone and not searched: {history.missing} more; a full clone has them"


def _commits(past: "Past") -> str:
    writers = "1 commit" if len(past.commits) == 1 else f"{len(past.commits)} commits"
    if past.holding < len(past.commits):
        return f"written by {writers}"
    return f"in the files of {past.holding} commit{'s' * (past.holding != 1)}, written by {writers}"


def _day(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).date().isoformat()


def _as_json(history: "History", shown: "list[Past]") -> dict[str, object]:
    secrets = [
        {
            "kind": past.kind,
            "name": past.name,
            "paths": list(past.paths),
            "commits": list(past.commits),
            "holding": past.holding,
            "since": _day(past.since),
            "until": _day(past.until),
            "in_tree": past.in_tree,
        }
        for past in shown
    ]
    return {
        "format": 1,
        "commits": history.commits,
        "versions": history.versions,
        "read": history.read,
        "missing": history.missing,
        "secrets": secrets,
    }
