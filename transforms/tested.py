"""What the tests of an app ask of it: which of them call a route that gets a guard, and will be refused."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.concepts import Route
from transforms.concepts_data import AskedByTest
from transforms.once import per_app

if TYPE_CHECKING:
    from transforms.app import App

_UNKNOWN = "{}"


@dataclass(frozen=True, slots=True)
class Callers:
    """The tests of some files that call some routes, and the files where that cannot be read."""

    tests: Mapping[str, tuple[str, ...]]  # names of tests by file
    unsure: tuple[str, ...]


def callers_of(app: "App", routes: Iterable[Route], files: Iterable[str]) -> Callers:
    """Which tests in `files` ask one of the routes."""
    asking = [facts for path in files if (facts := app.files.get(path)) is not None and facts.requests]
    asked = frozenset(routes) if asking else frozenset()  # which these are is dear to find out, and most apps ask none
    tests: dict[str, tuple[str, ...]] = {}
    unsure: list[str] = []
    for facts in asking:
        calling = (test for test, answering in _asked_in(app, facts.path) if not asked.isdisjoint(answering))
        if found := tuple(dict.fromkeys(calling)):
            tests[facts.path] = found
        elif any(not each.path for each in facts.requests):
            unsure.append(facts.path)
    return Callers(tests, tuple(unsure))


@per_app
def _asked_in(app: "App", path: str) -> tuple[tuple[str, tuple[Route, ...]], ...]:
    """For each request in a file of tests: the test that asks, and the routes that may answer it."""
    facts = app.files[path]
    told = (each for each in facts.requests if each.path)
    return tuple((_test(each, facts.module), tuple(one for one in app.routes if _answers(one, each))) for each in told)


def _test(request: AskedByTest, module: str) -> str:
    """The name of the test that asks, or of the helper that does for it; the module's for what is outside of any."""
    names = request.symbol.removeprefix(f"{module}.").split(".")
    return next((each for each in names if each.startswith("test")), names[-1])


def _answers(route: Route, request: AskedByTest) -> bool:
    """Whether a request may be for a route: same method, same path, parameters and what is unknown like anything."""
    if request.method and request.method not in route.methods:
        return False
    wanted, given = _segments(route.path or route.own_path or ""), _segments(request.path)
    if given and given[0].startswith(_UNKNOWN) and not request.path.startswith("/"):  # a base that only the run knows
        given = given[1:]
        wanted = wanted[max(0, len(wanted) - len(given)) :] if given else ()
        return bool(given) and _alike(wanted, given)
    return _alike(wanted, given)


@functools.lru_cache(maxsize=8192)
def _segments(path: str) -> tuple[str, ...]:
    return tuple(each for each in path.split("/") if each)


def _alike(wanted: tuple[str, ...], given: tuple[str, ...]) -> bool:
    rest = next((index for index, each in enumerate(wanted) if each.endswith(":path}")), None)
    if rest is not None:  # a parameter that takes slashes
        wanted, given = wanted[:rest], given[:rest]
    pairs = zip(wanted, given, strict=False)
    return len(wanted) == len(given) and all("{" in one or _UNKNOWN in other or one == other for one, other in pairs)
