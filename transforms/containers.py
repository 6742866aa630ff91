"""What follows in compose files and Dockerfiles when an app asks for one more variable, or has one more folder."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from posixpath import basename, dirname, join, normpath
from typing import TYPE_CHECKING

from transforms.concepts_containers import Copied, Fills, Image, Service
from transforms.edit_kinds import Edit, HandOn, InsertLine
from transforms.once import per_app

if TYPE_CHECKING:
    from transforms.app import App

_GIVES = (Fills.MAP, Fills.LIST, Fills.NOTHING)


def handed_on(app: "App", paths: Iterable[str], name: str, value: str | None = None) -> tuple[Edit, ...]:
    """The variable for every service that runs one of these files, and is not given it yet.

    A service with an `env_file` is given what that file says, which no patch fills.
    """
    wanted = tuple(paths)
    return tuple(
        HandOn(each.file, each.name, name, value)
        for each in _services(app)
        if each.fills in _GIVES and name not in each.variables and any(_runs(app, each, path) for path in wanted)
    )


def filled_otherwise(app: "App", paths: Iterable[str], name: str) -> tuple[str, ...]:
    """The services that run one of these files, and are given variables by a file or an anchor."""
    wanted = tuple(paths)
    return tuple(
        f"{each.name} of {each.file}"
        for each in _services(app)
        if each.fills not in _GIVES and name not in each.variables and any(_runs(app, each, path) for path in wanted)
    )


@per_app
def is_side_program(app: "App", path: str) -> bool:
    """Whether a file is run by hand, beside the app: a script, or a command of Django's `manage.py`.

    What it needs, nothing else has to have.
    """
    own = app.files.get(path)
    if own is None or any(each.is_app for each in own.routers):
        return False
    by_hand = "/management/commands/" in f"/{path}" or own.is_program
    return by_hand and all(map(is_test, app.lookup.roots_of(path)))


def is_test(path: str) -> bool:
    """Whether a file is one of the tests, or of what they need."""
    return any(part in {"test", "tests", "conftest.py"} or part.startswith("test_") for part in path.split("/"))


@per_app
def folders_built(app: "App") -> frozenset[str]:
    """The folders that images are built from."""
    return frozenset(_context(app, each) for facts in app.files.values() for each in facts.images)


def is_started(app: "App", path: str) -> bool:
    """Whether an image or a service names a file as what it starts."""
    if any(path in _entries(app, each) for each in _services(app)):
        return True
    images = (each for facts in app.files.values() for each in facts.images)
    return any(path in _named(_context(app, each), word) for each in images for word in each.started)


def handed_to_image(app: "App", dockerfile: str, name: str) -> tuple[Edit, ...]:
    """The variable for every service whose image that Dockerfile makes, where it is not given yet."""
    return tuple(
        HandOn(each.file, each.name, name)
        for each in _services(app)
        if each.dockerfile == dockerfile and each.fills in _GIVES and name not in each.variables
    )


@per_app
def _services(app: "App") -> tuple[Service, ...]:
    return tuple(each for facts in app.files.values() for each in facts.services)


def _runs(app: "App", service: Service, path: str) -> bool:
    """Whether a service runs a file: its image has it, and its command does not start something else."""
    if not _holds(app, service, path):
        return False
    if is_side_program(app, path):
        return path in _entries(app, service)
    if not _entries(app, service) or _starts(app, service, path):
        return True
    others = (each for each in _services(app) if each.file == service.file and each is not service)
    return not any(_holds(app, each, path) and _starts(app, each, path) for each in others)


def _holds(app: "App", service: Service, path: str) -> bool:
    """Whether the image of a service has a file in it. One that is only named is that of the service it is named as."""
    if service.context is None:
        return service.fills in (Fills.MAP, Fills.LIST) and any(
            _holds(app, each, path) for each in _services(app) if each.context is not None and _is_same(each, service)
        )
    if not _is_below(path, service.context):
        return False
    image = _image(app, service.dockerfile)
    return image is None or not image.copied or any(_covers(each, service.context, path) for each in image.copied)


def _is_same(one: Service, other: Service) -> bool:
    """Whether two compose files of one folder speak of one service."""
    return one.name == other.name and one.file != other.file and dirname(one.file) == dirname(other.file)


def _starts(app: "App", service: Service, path: str) -> bool:
    """Whether something that the service is started by imports a file, or may do so: it was never parsed."""
    entries = _entries(app, service)
    return any(each == path or not app.files[each].imports or app.reaches(each, path) for each in entries)


def _entries(app: "App", service: Service) -> tuple[str, ...]:
    """The files of the app that a service is started by: `uvicorn app.main:app`, `python worker.py`."""
    image = _image(app, service.dockerfile) if service.dockerfile else None
    words = service.started or (image.started if image is not None else ())
    found = (path for word in words for path in _named(service.context or "", word))
    return tuple(dict.fromkeys(path for path in found if path in app.files))


def _named(context: str, word: str) -> Iterator[str]:
    """The paths that a word of a command may mean."""
    module = word.partition(":")[0]
    if module.endswith(".py"):
        yield join(context, normpath(module)) if context else normpath(module)
    elif re.fullmatch(r"[A-Za-z_][\w.]*", module):
        stem = module.replace(".", "/")
        for ending in (".py", "/__main__.py", "/__init__.py"):
            yield join(context, stem + ending) if context else stem + ending


def _image(app: "App", dockerfile: str) -> Image | None:
    facts = app.files.get(dockerfile)
    return facts.images[0] if facts is not None and facts.images else None


# --- folders that a patch adds ---------------------------------------------------------------------------------------


def copied_along(app: "App", near: str, folder: str) -> tuple[Edit, ...]:
    """What takes a new folder into every image that has the file `near` beside it, and takes no folder as a whole."""
    edits = []
    for facts in app.files.values():
        for image in facts.images:
            edits += list(_copies(app, image, near, folder))
    return tuple(edits)


def _copies(app: "App", image: Image, near: str, folder: str) -> Iterator[Edit]:
    context = _context(app, image)
    inside = [each for each in image.copied if _covers(each, context, near)]
    if not inside or not _is_below(folder, context) or any(_covers(each, context, folder) for each in image.copied):
        return
    last = inside[-1]
    beside = {dirname(join(context, source)) for source in last.sources}
    if beside != {dirname(folder)} or last.target.endswith(".py"):
        return  # where it would have to lie in the image is not clear
    source = folder.removeprefix(f"{context}/" if context else "")
    yield InsertLine(image.file, last.line, f"COPY {source} {last.target.rstrip('/')}/{basename(folder)}")


def _context(app: "App", image: Image) -> str:
    """The folder that an image is built from: compose says it, else it is that of its Dockerfile."""
    built = (each.context for each in _services(app) if each.dockerfile == image.file and each.context is not None)
    return next(built, dirname(image.file))


def _covers(copied: Copied, context: str, path: str) -> bool:
    """Whether a line of a Dockerfile takes a file or a folder along."""
    inside = path.removeprefix(f"{context}/") if context else path
    for source in copied.sources:
        plain = normpath(source.lstrip("/") or ".")
        beginning = "/".join(inside.split("/")[: plain.count("/") + 1])
        if plain == "." or fnmatch(beginning, plain):
            return True
    return False


def _is_below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")
