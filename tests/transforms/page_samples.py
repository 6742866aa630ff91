"""Annotated samples of several files in one: `# file: <path>` begins the next, `# route: ...` says what must be read."""

import re
from pathlib import Path

from fixtures import frameworks
from transforms.app import App
from transforms.concepts import GuardUse
from transforms.facts import dump, load
from transforms.frameworks import frameworks as readers
from transforms.source import SourceFile
from transforms.walk import read

ANNOTATION = re.compile(r"# route: (\S+ \S+) guards=(\S*) access=(\w+)")
_FILE = re.compile(r"^# file: (.+)$", re.MULTILINE)


def files_of(name: str) -> dict[str, str]:
    """The files of a sample; the blank lines above keep the line numbers of the sample."""
    text = (Path(next(iter(frameworks.__path__))) / f"{name}.py").read_text(encoding="utf-8")
    marks = [*_FILE.finditer(text)]
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return {
        mark[1]: "\n" * text.count("\n", 0, mark.start()) + text[mark.start() : end]
        for mark, end in zip(marks, ends, strict=True)
    }


def app_of(files: dict[str, str]) -> App:
    """The app that the files are, its facts carried through the form of the cache."""
    facts = [read(SourceFile(path, text.encode()), readers()) for path, text in files.items()]
    for each in facts:
        assert load(dump(each)) == each
    return App(facts)


def annotated(files: dict[str, str]) -> dict[tuple[str, str], tuple[str, str]]:
    """Guards and access by the file that registers a page, and its name."""
    return {
        (path, name): (guards, access)
        for path, text in files.items()
        for name, guards, access in ANNOTATION.findall(text)
    }


def found(app: App, kind: str = "page") -> dict[tuple[str, str], tuple[str, str]]:
    """What the readers make of it; guards that keep nobody out and are only called are left out."""
    return {
        (route.registered_in or route.file, route.name): (
            ",".join(called(use) for use in route.guards if counts(app, use)),
            app.access(route).answer.value,
        )
        for route in app.routes
        if route.kind == kind
    }


def counts(app: App, use: GuardUse) -> bool:
    return bool(use.target) and (use.how != "inline" or app.judge.guard(use).answer != "no")


def called(use: GuardUse) -> str:
    """How the annotations name a guard."""
    return use.target.rsplit(".", 1)[-1]
