"""Scanning: a large tree cold and warm, and a pull request of five files; beside bandit and semgrep where they are.

What a pull request takes depends on how many routes the whole app has, as each is judged, and on how long the changed
files are. So there are two apps of ten thousand lines: one like the 28 public apps of docs/quality.md, where there is a
route in 82 lines and a file with routes has 95, and one four times as dense, all routes and what they need.
"""

import itertools
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from bot.facts_cache import FileCache
from bot.scanner import scan_sources
from bot.tree import Tree, read_tree
from fixtures.apps import load
from tests.bench import semgrep_rules
from tests.bench.cpu import Cost, of_command, of_work
from transforms.policy import Policy
from transforms.source import SourceFile

LINES = 10_000
LINES_A_ROUTE = 82
LARGE = ("bot/web.py",)  # the longest with routes
ROUTES_OF_A_SHOP = 9
OWN = Path(__file__).parents[2] / "bot"
SCAN = (sys.executable, "-m", "bot", "scan")


def rows(peers: Path | None) -> Iterator[tuple[str, str]]:
    """Label and figure of every measurement."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        yield from _large_tree(work, peers)
        for density, files in (("usual", _usual_app()), ("dense", _dense_app())):
            yield from _pull_request(work / density, f"pull request, {density} app", dict(files), peers)


def _large_tree(work: Path, peers: Path | None) -> Iterator[tuple[str, str]]:
    library = _standard_library(work / "lib")
    tree = read_tree(library)
    lines = sum(source.content.count(b"\n") for source in tree.sources)
    cold = of_work(lambda: _scan(tree, None), runs=1)
    cache = work / "facts.sqlite"
    _scan(tree, cache)
    warm = of_work(lambda: _scan(tree, cache))
    yield "large tree", f"the standard library, {len(tree.sources)} files, {lines} lines, 2 processes"
    yield "  cold", f"{cold.seconds:.2f} s CPU, {1e5 * cold.seconds / lines:.2f} s per 100k lines"
    yield "  warm", f"{warm.seconds:.3f} s CPU, 1/{cold.seconds / warm.seconds:.0f} of cold"
    command = of_command([*SCAN, str(library), "--no-cache", "--processes", "2"], runs=2)
    yield "  whole command", f"{command.seconds:.2f} s CPU"
    if peers and (peers / "bandit").exists():
        bandit = of_command([str(peers / "bandit"), "-q", "-r", str(library)], runs=2)
        yield (
            "  bandit",
            f"{bandit.seconds:.2f} s CPU; ours is {command.seconds / bandit.seconds:.2f} of it (aim: 0.50)",
        )


def _pull_request(work: Path, title: str, files: dict[str, bytes], peers: Path | None) -> Iterator[tuple[str, str]]:
    work.mkdir()
    cache = FileCache(work / "pull.sqlite")
    sources = [SourceFile(path, content) for path, content in files.items()]
    routes = len(scan_sources(sources, Policy(), cache).report.app.routes)
    changed = [*(path for path in files if path in LARGE), *(path for path in files if path.endswith("orders.py"))][:5]
    pushes = itertools.count(1)

    def push() -> list[SourceFile]:
        """The app with the pull request's files changed anew, so that nothing is known of them."""
        mark = b"\n# push %d\n" % next(pushes)
        return [SourceFile(each.path, each.content + mark) if each.path in changed else each for each in sources]

    cost = of_work(lambda: scan_sources(push(), Policy(), _Frozen(cache)), runs=7)
    lines = sum(content.count(b"\n") for content in files.values())
    edited = sum(files[path].count(b"\n") for path in changed)
    yield title, f"{lines} lines, {routes} routes; 5 of {len(files)} files with {edited} lines changed, the rest cached"
    yield "  in a running worker", f"{cost.in_ms} (aim: below 150)"
    cache.close()  # so that all of it is in the one file
    whole = _as_a_command(work, {source.path: source.content for source in push()})
    yield "  as a whole command", f"{whole.in_ms}, start and imports included"
    if peers and (peers / "semgrep").exists():
        yield from _semgrep(work, peers, {path: files[path] for path in changed}, cost, whole)


def _as_a_command(work: Path, files: dict[str, bytes]) -> Cost:
    """`tenon scan` on the app with the pull request's files, its cache as it was before."""
    known, cache = work / "pull.sqlite", work / "command.sqlite"
    folder = _written(work / "app", files)
    return of_command(
        [*SCAN, str(folder), "--cache", str(cache)], runs=3, before=lambda: cache.write_bytes(known.read_bytes())
    )


def _semgrep(work: Path, peers: Path, files: dict[str, bytes], worker: Cost, whole: Cost) -> Iterator[tuple[str, str]]:
    """semgrep on the changed files alone, as a command; and without what it takes on an empty folder."""
    folder, nothing = _written(work / "changed", files), _written(work / "nothing", {})
    rules = work / "rules.yml"
    rules.write_text(semgrep_rules.rules())
    command = [str(peers / "semgrep"), "scan", "--metrics", "off", "--disable-version-check", "--config", str(rules)]
    semgrep = of_command([*command, str(folder)], runs=3)
    empty = of_command([*command, str(nothing)], runs=3)
    yield "  semgrep rules", str(len(yaml.safe_load(rules.read_text())["rules"]))
    yield "  semgrep", f"{semgrep.in_ms}; on an empty folder {empty.in_ms}"
    times = f"{semgrep.seconds / worker.seconds:.0f} times the worker's (aim: 20)"
    yield "  semgrep / ours", f"{times}, {semgrep.seconds / whole.seconds:.1f} times the whole command's"


def _written(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


class _Frozen:
    """A cache that is read and never learns, so that every run reads the changed files again."""

    def __init__(self, cache: FileCache) -> None:
        self.get = cache.get

    def put(self, version: str, facts: object) -> None:
        """Learn nothing."""


def _scan(tree: Tree, cache: Path | None) -> None:
    scan_sources(tree.sources, Policy(), FileCache(cache) if cache else None, processes=2)


def _standard_library(target: Path) -> Path:
    """A copy of the standard library's own modules, so that every tool sees the same files."""
    ignored = shutil.ignore_patterns("site-packages", "test", "tests", "__pycache__", "idlelib", "*.pyc", "lib-dynload")
    shutil.copytree(sysconfig.get_paths()["stdlib"], target, ignore=ignored)
    return target


def _usual_app() -> Iterator[tuple[str, bytes]]:
    """Shops, and code that has hardly a route: Tenon's own."""
    shops = dict(_shops(LINES // (LINES_A_ROUTE * ROUTES_OF_A_SHOP)))
    yield from shops.items()
    left = LINES - sum(content.count(b"\n") for content in shops.values())
    for path in sorted(OWN.rglob("*.py"), reverse=True):
        content = path.read_bytes()
        left -= content.count(b"\n")
        if left > 0:
            yield path.relative_to(OWN.parent).as_posix(), content


def _dense_app() -> Iterator[tuple[str, bytes]]:
    yield from _shops(1 + LINES // sum(content.count(b"\n") for content in dict(_shops(1)).values()))


def _shops(how_many: int) -> Iterator[tuple[str, bytes]]:
    """The shop many times over, as packages of one app."""
    shop = {path: content for path, content in load("fastapi_shop").items() if path.endswith(".py")}
    for number in range(how_many):
        for path, content in shop.items():
            yield path.replace("shop/", f"shop{number}/"), content.replace(b"from shop", b"from shop%d" % number)
