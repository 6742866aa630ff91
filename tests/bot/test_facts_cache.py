"""The command line's cache costs speed when it is broken, never a scan."""

import sqlite3
from pathlib import Path

import pytest

from bot.facts_cache import MOST_KEPT, FileCache, NoCache, open_cache
from bot.scanner import scan_sources
from transforms.facts import cache_key, facts_version
from transforms.policy import Policy
from transforms.source import SourceFile

SOURCES = [
    SourceFile(
        "app.py", b"from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/x')\ndef x():\n    return 1\n"
    ),
    SourceFile("empty.py", b""),
]


def test_what_was_put_is_there_after_a_restart(tmp_path: Path) -> None:
    first = FileCache(tmp_path / "facts.sqlite")
    first.put("v1", {"a": b"1", "b": b"2"})
    first.close()
    assert FileCache(tmp_path / "facts.sqlite").get(["a", "c"], "v1") == {"a": b"1"}


def test_many_keys_are_asked_for_at_once(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "facts.sqlite")
    entries = {f"key-{number}": b"x" for number in range(2000)}
    cache.put("v1", entries)
    assert cache.get(entries, "v1") == entries


def test_a_new_version_of_the_readers_starts_afresh(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "facts.sqlite")
    cache.put("v1", {"a": b"old"})
    cache.put("v2", {"b": b"new"})
    assert cache.get(["a"], "v1") == {}
    assert cache.get(["a", "b"], "v2") == {"b": b"new"}


def test_the_oldest_entries_make_room(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "facts.sqlite")
    cache.put("v1", {f"{number}": b"" for number in range(MOST_KEPT)})
    cache.put("v1", {"late": b"x"})
    assert cache.get(["0", "1", "late"], "v1") == {"1": b"", "late": b"x"}


def test_a_second_scan_reads_nothing_anew_and_says_the_same(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "facts.sqlite")
    cold, warm = (scan_sources(SOURCES, Policy(), cache) for _ in range(2))
    assert (cold.from_cache, cold.read) == (0, 2)
    assert (warm.from_cache, warm.read) == (2, 0)
    assert warm.report.verdicts == cold.report.verdicts


def test_a_damaged_entry_is_read_anew(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "facts.sqlite")
    damaged = cache_key(SOURCES[0].blob_sha, SOURCES[0].path)
    scan_sources(SOURCES, Policy(), cache)
    cache.put(facts_version(), {damaged: b'["half'})
    again = scan_sources(SOURCES, Policy(), cache)
    assert (again.from_cache, again.read) == (1, 1)


def test_a_file_that_is_no_database_means_no_cache(tmp_path: Path) -> None:
    (tmp_path / "facts.sqlite").write_bytes(b"this is a text\n" * 100)
    assert isinstance(open_cache(tmp_path / "facts.sqlite"), NoCache)


def test_a_folder_that_cannot_be_made_means_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert isinstance(open_cache(tmp_path / "file" / "facts.sqlite"), NoCache)


@pytest.mark.slow
def test_a_locked_file_costs_a_moment_and_no_scan(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "facts.sqlite")
    other = sqlite3.connect(tmp_path / "facts.sqlite")
    other.execute("BEGIN EXCLUSIVE")
    assert scan_sources(SOURCES, Policy(), cache).read == 2
    other.close()
