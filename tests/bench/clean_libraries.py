"""How many secrets are found in well-kept libraries, where hardly any is: false positives per 100,000 lines of Python.

usage: python -m tests.bench.clean_libraries [--each] [--sdists FOLDER] [--standard-library] [FOLDER ...]

Without a folder: the standard library (its tests too) and the installed packages named in PACKAGES. With --sdists, what
their authors publish, tests and documentation and all: the archives in FOLDER are read as they are, and every file that
a scan reads counts. Get them with

    pip download --no-binary :all: --no-deps --dest FOLDER django fastapi requests flask sqlalchemy httpx pydantic ...

A finding of low severity (in a test, an example, documentation) is counted apart.
"""

import argparse
import importlib.util
import sysconfig
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from transforms.concepts_secrets import SecretUse
from transforms.controls.no_secret_in_code import severity
from transforms.engine import read_facts, wants
from transforms.facts import Facts
from transforms.source import MAX_BYTES, SourceFile

PACKAGES = (
    "django", "fastapi", "starlette", "pydantic", "httpx", "requests", "flask", "werkzeug", "jinja2", "click",
    "sqlalchemy", "rest_framework", "streamlit", "gradio", "mcp", "authlib", "boto3", "botocore", "moto", "hvac", "jwt",
    "cryptography", "pytest", "rich", "uvicorn", "hypothesis", "libcst", "github", "openai", "psycopg",
)  # fmt: skip
PASSED_OVER = {"site-packages", "__pycache__", "node_modules"}


@dataclass(frozen=True)
class Counted:
    """What was read in one folder, and what was found."""

    files: int
    lines: int
    found: tuple[SecretUse, ...]
    aside: tuple[SecretUse, ...]  # of low severity

    @property
    def rate(self) -> float:
        """Findings above low severity in 100,000 lines."""
        return 100_000 * len(self.found) / self.lines if self.lines else 0.0


def count(root: Path) -> Counted:
    """Read every Python file below a folder."""
    return _counted((path.relative_to(root.parent).as_posix(), path.read_bytes()) for path in _python(root))


def count_archive(archive: Path) -> Counted:
    """Read every file of a source distribution that a scan reads."""
    with tarfile.open(archive) as opened:
        members = (each for each in opened if each.isfile() and each.size <= MAX_BYTES)
        named = ((each.name.partition("/")[2], opened.extractfile(each)) for each in members)
        return _counted((path, data.read()) for path, data in named if data is not None and wants(path))


def _counted(sources: Iterable[tuple[str, bytes]]) -> Counted:
    files = lines = 0
    found: list[SecretUse] = []
    for path, content in sources:
        if len(content) > MAX_BYTES:
            continue
        files, lines = files + 1, lines + content.count(b"\n")
        facts = read_facts(SourceFile(path, content))
        found += facts.secrets if isinstance(facts, Facts) else ()
    aside = tuple(use for use in found if severity(use) == "low")
    return Counted(files, lines, tuple(use for use in found if use not in aside), aside)


def together(counted: list[Counted]) -> Counted:
    """The sum of all folders."""
    return Counted(
        sum(each.files for each in counted),
        sum(each.lines for each in counted),
        tuple(use for each in counted for use in each.found),
        tuple(use for each in counted for use in each.aside),
    )


def default_folders() -> Iterator[Path]:
    """The standard library and the installed packages."""
    yield Path(sysconfig.get_path("stdlib"))
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            yield Path(spec.submodule_search_locations[0])


def _python(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*.py")):
        if path.is_file() and not PASSED_OVER.intersection(path.relative_to(root).parts):
            yield path


def _chosen(options: argparse.Namespace) -> Iterator[Path]:
    """The folders and archives to read."""
    yield from options.folders
    if options.sdists is not None:
        yield from sorted(options.sdists.glob("*.tar.gz"))
    if options.standard_library:
        yield Path(sysconfig.get_path("stdlib"))
    if not options.folders and options.sdists is None and not options.standard_library:
        yield from default_folders()


def main() -> None:
    """Print a line for each folder with findings, and the sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", help="folders to read (default: what is installed)")
    parser.add_argument("--each", action="store_true", help="list every finding above low severity")
    parser.add_argument("--sdists", type=Path, metavar="FOLDER", help="source distributions (.tar.gz) to read")
    parser.add_argument("--standard-library", action="store_true", help="the standard library beside them")
    options = parser.parse_args()
    counted = []
    for folder in _chosen(options):
        counted.append(found := count_archive(folder) if folder.is_file() else count(folder.resolve()))
        name = folder.name.removesuffix(".tar.gz")
        print(f"{name:28}{found.files:6} files {found.lines:8} lines {len(found.found):4} found"
              f" {len(found.aside):4} low  {found.rate:5.2f} in 100k lines", flush=True)  # fmt: skip
        for use in found.found if options.each else ():
            print(f"    {use.file}:{use.place.line} {use.kind} {use.name} ({use.role.value}, {use.confidence})")
    every = together(counted)
    roles = Counter(use.role.value for use in every.found)
    print(f"{'all':28}{every.files:6} files {every.lines:8} lines {len(every.found):4} found {len(every.aside):4} low "
          f" {every.rate:5.2f} in 100k lines  {dict(roles)}")  # fmt: skip


if __name__ == "__main__":
    main()
