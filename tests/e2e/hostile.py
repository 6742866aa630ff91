"""Hostile pull requests: names, contents and modes that no well-meaning tool makes, as real git objects."""

from collections.abc import Mapping
from dataclasses import dataclass

from fixtures.github.bare_git import Signature
from fixtures.stage import Stage
from tests.e2e.scenes import SHOP

APP = b"""from fastapi import FastAPI

app = FastAPI()


@app.post("/things")
def add_thing(thing: dict) -> dict:
    return thing
"""
"""A FastAPI app with an open route, so that something is found in it and a patch touches it."""

_PLAIN = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-"
MARKER = b"Build it\n\nMade-with: Cursor\n"


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes under a mode: 100644, 100755, 120000 (a link, whose bytes are where it leads) or 160000 (a submodule)."""

    content: bytes
    mode: str = "100644"


def propose(
    on_stage: Stage,
    files: Mapping[bytes, Blob],
    *,
    branch: str = "feature",
    title: str = "Build it",
    body: str | None = None,
    message: bytes = MARKER,
) -> int:
    """A pull request with one commit that holds these files, names as bytes; its job settled. Returns its number."""
    if SHOP not in on_stage.double.state.repositories:
        on_stage.repository_with(SHOP, {"README.md": b"# Shop\n"})
    commit(on_stage, branch, files, message)
    number = on_stage.double.open_pull(SHOP, head=branch, title=title, body=body)
    on_stage.settle()
    return number


def commit(on_stage: Stage, branch: str, files: Mapping[bytes, Blob], message: bytes = MARKER) -> None:
    """One commit on `branch` that adds these files to the default branch's."""
    git = on_stage.double.state.repository(SHOP).git
    base = git.branch("main")
    person = str(Signature("Octo Dev", "octo-dev@example.com", 1_700_000_000)).encode()
    stream = [b"commit refs/scratch/hostile\nmark :1\nauthor %s\ncommitter %s\n" % (person, person)]
    stream += [b"data %d\n" % len(message), message, b"\nfrom %s\n" % str(base).encode()]
    for path, blob in files.items():
        if blob.mode == "160000":
            stream.append(b"M 160000 %s %s\n" % (blob.content, _quoted(path)))
        else:
            stream += [b"M %s inline %s\n" % (blob.mode.encode(), _quoted(path)), _data(blob.content)]
    stream.append(b"get-mark :1\n")
    sha = git.line("fast-import", "--quiet", "--force", given=b"".join(stream))
    git.set_ref("refs/scratch/hostile", None)
    git.set_ref(f"refs/heads/{branch}", sha)


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _quoted(path: bytes) -> bytes:
    """As git quotes: every byte that is not plain in octal."""
    return b'"' + b"".join(b"%c" % byte if byte in _PLAIN else b"\\%03o" % byte for byte in path) + b'"'


def said(on_stage: Stage, number: int) -> dict[str, str]:
    """Every text of Tenon's that GitHub renders as Markdown, by where it stands."""
    double = on_stage.double
    texts: dict[str, str] = {}
    for run in double.check_runs(SHOP, double.pull(SHOP, number).head_sha):
        texts |= {"check summary": run.summary or "", "check text": run.text or "", "check title": run.title or ""}
    for pull in double.pulls(SHOP):
        if pull.head_ref.startswith("tenon/"):
            texts |= {"title": pull.title, "body": pull.body or ""}
    return texts | {f"comment {each.id}": each.body for each in double.comments(SHOP, number)}


def committed(on_stage: Stage) -> list[str]:
    """The messages of the commits that Tenon put on top of a parent."""
    double, messages = on_stage.double, []
    for pull in double.pulls(SHOP):
        if pull.head_ref.startswith("tenon/"):
            parents = {each.sha for each in double.log(SHOP, pull.base_ref)}
            messages += [each.message for each in double.log(SHOP, pull.head_ref) if each.sha not in parents]
    return messages
