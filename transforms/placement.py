"""Where a patch puts what it adds to an app: the controls package, requirements, settings and tests.

Decided from the paths of the snapshot and from what the app's own imports show about the folder it is started in:
`from app.orders import router` in `backend/app/main.py` says that `backend` is on the path.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from posixpath import basename, commonpath, dirname

from transforms.app import App
from transforms.containers import folders_built, is_started, is_test
from transforms.facts import Facts
from transforms.once import per_app

OTHER_NAMES = ("tenon_controls", "tenon_controls_2", "tenon_controls_3")
ENV_EXAMPLES = (".env.example", ".env.sample", ".env.template", "env.example", ".env.dist")
LOCKED_BY = {"uv.lock": "pyproject.toml", "poetry.lock": "pyproject.toml", "pdm.lock": "pyproject.toml"}
MANAGES = "manage.py"  # lies where a project is started
SITE = ".<site>"  # how an app ends that a settings module configures
STARTING_NAMES = {"main", "app", "server", "run", "wsgi", "asgi", "manage"}
REQUIREMENTS = (
    "requirements.in", "requirements/base.in", "requirements.txt", "requirements/base.txt", "requirements/common.txt",
    "requirements/requirements.txt", "requirements/prod.txt", "requirements/production.txt", "pyproject.toml",
    "Pipfile", "setup.cfg",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Home:
    """The package that holds inserted modules."""

    folder: str  # "backend/app/controls"
    import_name: str  # "app.controls"
    root: str = ""  # the folder that must be on the path: "backend"; "" is the repository's root


@per_app
def controls_home(app: App, near_path: str) -> Home:
    """Where the controls package of the app around `near_path` is, or would be made."""
    root = start_folder(app, near_path)
    package = _top_package(app, root, near_path)
    for name in (app.placement.controls_package, *OTHER_NAMES):
        home = Home(_join(root, package, *name.split(".")), ".".join(filter(None, (package, name))), root)
        if _is_free_or_ours(app, home.folder):
            return home
    return home


@per_app
def stands_alone(app: App, path: str) -> bool:
    """Whether a file is a script that runs by itself, out of reach of the app's packages.

    It is started as a program, imports nothing of the app, and nobody imports it; what is on its path when it runs is
    its own folder, where the app does not lie: another one, or that of an image of which it is the only program.
    """
    folder, own = dirname(path), app.files.get(path)
    if own is None or not folder or f"{folder}/__init__.py" in app.paths or any(each.is_app for each in own.routers):
        return False
    if not is_started(app, path) and not own.is_program:
        return False
    if folder == controls_home(app, path).root and not _is_only_program(app, folder):
        return False
    return _voted(app, (own,), folder) is None and all(map(is_test, app.lookup.roots_of(path)))


def _is_only_program(app: App, folder: str) -> bool:
    programs = (path for path in app.paths if path.endswith(".py") and _is_below(path, folder))
    return folder in folders_built(app) and sum(not is_test(path) for path in programs) == 1


@per_app
def start_folder(app: App, near_path: str) -> str:
    """The folder on the path when the app around `near_path` runs, as its imports show; else by `__init__.py` files."""
    own = app.files.get(near_path)
    voted = _voted(app, (own,), dirname(near_path)) if own is not None else None
    return voted if voted is not None else _start_of_folder(app, dirname(near_path))


@per_app
def _start_of_folder(app: App, near: str) -> str:
    """The same for a folder, by the files in it and in the folders around it."""
    built = folders_built(app)
    for folder in _upwards(near):
        voted = _voted(app, (each for each in app.files.values() if _is_below(each.path, folder)), near)
        if voted is not None:
            return voted
        if folder in built:
            return folder  # nothing around it is in the image
    for folder in _upwards(near):
        if _join(folder, MANAGES) in app.paths:
            return folder
    folder = near
    while folder and f"{folder}/__init__.py" in app.paths:
        folder = dirname(folder)
    return folder


def requirements_file(app: App, near: str | None = None) -> str | None:
    """The file that names the requirements of the app (around `near`), or None; see `requirements_files`."""
    return next(iter(requirements_files(app, near)), None)


def requirements_files(app: App, near: str | None = None) -> tuple[str, ...]:
    """Every file that may name the app's requirements, the likeliest first: the nearest, and what a lock is made of."""
    found: dict[str, None] = {}
    for folder in _upwards(dirname(near if near is not None else _entry(app) or "")):
        names = [named for lock, named in LOCKED_BY.items() if _join(folder, lock) in app.paths]
        for name in (*names, *REQUIREMENTS):
            if _join(folder, name) in app.paths:
                found[_join(folder, name)] = None
    return tuple(found)


def env_example(app: App, near: str) -> str:
    """The file with example settings nearest above `near`, or where one would be made."""
    for folder in _upwards(dirname(near)):
        for name in ENV_EXAMPLES:
            if _join(folder, name) in app.paths:
                return _join(folder, name)
    return _join(start_folder(app, near), ENV_EXAMPLES[0])


def gitignore(app: App, near: str) -> str:
    """The `.gitignore` nearest above `near`, or the one that would be made at the repository's root."""
    candidates = (_join(folder, ".gitignore") for folder in _upwards(dirname(near)))
    return next((path for path in candidates if path in app.paths), ".gitignore")


def tests_folder(app: App, near: str) -> str:
    """The folder of the app's tests, or where it would be made: beside the top-level module or package."""
    root = start_folder(app, near)
    beside = [_join(folder, name) for folder in _upwards(root) for name in ("tests", "test")]
    inside = _join(dirname(near), "tests")
    for folder in (*beside, inside):
        if any(_is_below(path, folder) and path.endswith(".py") for path in app.paths):
            return folder
    return beside[0]


def folder_of_tests(app: App, near: str, clients: Iterable[str]) -> str | None:
    """The folder around the app's own tests that import one of `clients` (no client: all); None without such a test."""
    root = start_folder(app, near)
    wanted = tuple(clients)
    asking = [
        dirname(path)
        for path, facts in app.files.items()
        if _is_below(path, root) and is_test(path) and not basename(path).startswith("test_controls_")
        if not wanted
        or any(f"{reference}.".startswith(f"{client}.") for _, reference in facts.imports for client in wanted)
    ]
    shared = commonpath(asking) if asking else None
    beside = tests_folder(app, near)
    return beside if shared is not None and _is_below(shared, beside) else shared


def _voted(app: App, files: Iterable[Facts], near: str) -> str | None:
    """The folder, `near` or around it, in which most absolute imports of `files` start that find a file of the app."""
    roots = _upwards(near)
    votes: dict[str, int] = {}
    for each in files:
        for local, reference in each.imports:
            if local in each.relative_imports:
                continue
            starts = (root for root in roots if _is_below(each.path, root))
            root = next((root for root in starts if _leads_somewhere(app, root, reference, each.path)), None)
            if root is not None:
                votes[root] = votes.get(root, 0) + 1
    return max(votes, key=lambda root: (votes[root], root), default=None)


def _leads_somewhere(app: App, root: str, reference: str, importing: str) -> bool:
    """Whether `reference`, imported from `root`, is a module of the app or something in it.

    Not the importing file: `from celery import Celery` in `celery.py` means the library.
    """
    parts = reference.split(".")
    found = (
        _join(root, *parts[:cut]) + ending for cut in range(1, len(parts) + 1) for ending in (".py", "/__init__.py")
    )
    return any(path in app.paths and path != importing for path in found)


def _top_package(app: App, root: str, near_path: str) -> str:
    """The top-level package under `root` that the controls go into; "" beside the top-level module."""
    found = [(router.file or facts.path, router) for facts in app.files.values() for router in facts.routers]
    sites = [path for path, router in found if router.symbol.endswith(SITE)]
    managed = _join(root, MANAGES) in app.paths and sites  # whatever else is started there, the site is the whole
    entries = sites if managed else [path for path, router in found if router.is_app]
    entries = [path for path in entries if not is_test(path)]
    entries = [path for path in entries if _is_below(path, root) and start_folder(app, path) == root]
    packages = {_top_of(path, root) for path in entries}  # a site may have settings for each place where it runs
    nearest = entries[0] if len(packages) == 1 else near_path
    if any(dirname(path) == root for path in entries) or dirname(nearest) == root:
        return ""
    package = _top_of(nearest, root)
    if not _is_below(near_path, _join(root, package)) and app.reaches(_join(root, package, "__init__.py"), near_path):
        return ""  # to import anything of that package would import this file again
    return "" if _has_flat_modules(app, root) and not entries else package


def _top_of(path: str, root: str) -> str:
    return path.removeprefix(f"{root}/" if root else "").partition("/")[0]


def _has_flat_modules(app: App, root: str) -> bool:
    """Whether modules that lie directly in `root` start the app or are imported by others."""
    flat = {basename(path).removesuffix(".py") for path in app.files if dirname(path) == root}
    imported = {
        reference.partition(".")[0]
        for each in app.files.values()
        if _is_below(each.path, root)
        for local, reference in each.imports
        if local not in each.relative_imports
    }
    return bool(flat & (imported | STARTING_NAMES))


def _is_free_or_ours(app: App, folder: str) -> bool:
    if f"{folder}.py" in app.paths:
        return False
    there = [path for path in app.paths if path.startswith(f"{folder}/") and path.endswith(".py")]
    return not there or any(path in app.files and app.files[path].inserted for path in there)


def _entry(app: App) -> str | None:
    """The file that makes the app, the shallowest if there are several; else any shallowest file."""
    makers = {facts.path for facts in app.files.values() if any(router.is_app for router in facts.routers)}
    return min(makers or app.files, key=lambda path: (path.count("/"), path), default=None)


def _is_below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


@cache
def _upwards(folder: str) -> tuple[str, ...]:
    """A folder and every folder around it, the repository's root ("") last."""
    return tuple(_climb(folder))


def _climb(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = dirname(folder)
    yield ""


def _join(*parts: str) -> str:
    return "/".join(part for part in parts if part)
