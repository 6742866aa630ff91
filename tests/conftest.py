"""The order of the tests: what waits for processes stands between what keeps a core busy, and both go on at once."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import pytest

WAITS = ("tests/bot/", "tests/e2e/")
File = Sequence[pytest.Item]  # all tests of one file


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files whose tests wait evenly over all; the tests of a file stay together."""
    files = [tuple(tests) for _, tests in groupby(items, key=lambda item: item.nodeid.partition("::")[0])]
    waiting = [tests for tests in files if tests[0].nodeid.startswith(WAITS)]
    busy = [tests for tests in files if not tests[0].nodeid.startswith(WAITS)]
    places = sorted([*placed(waiting), *placed(busy)], key=lambda found: found[0])
    items[:] = [test for _, tests in places for test in tests]


def placed(files: Sequence[File]) -> Iterator[tuple[float, File]]:
    """Each file with the part of all their tests that comes before it."""
    before, total = 0, sum(map(len, files))
    for tests in files:
        yield before / total, tests
        before += len(tests)
