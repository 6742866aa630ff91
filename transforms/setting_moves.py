"""How a secret leaves a file that is not Python, where that is safe.

- A literal in a compose file becomes `${NAME:?}`: compose asks the environment, and stops when nothing is set.
- A committed `.env` leaves the repository: git forgets it, `.gitignore` keeps it out, `.env.example` has its names.
  Streamlit's `.streamlit/secrets.toml` does too, with a `secrets.toml.example` beside it.
- An entry of a TOML, YAML or INI file goes where every read of it is seen in Python code: the reads ask the broker.
- The default of a Terraform variable goes: Terraform asks for it, and `sensitive` keeps it out of what it prints.

Everything else stays advice. `ENV` of a Dockerfile does: whoever runs the image relies on what it brings, no file of
the repository says how it is run, and an image without the variable would fail there; who passes it, has to decide.
"""

import re
from dataclasses import dataclass, replace
from posixpath import basename
from typing import TYPE_CHECKING

from transforms.brokers import broker
from transforms.concepts import Place
from transforms.concepts_secrets import SecretRole, SecretUse, SettingsFile, SettingsFileRead
from transforms.edit_kinds import AddFile, AddLines, Edit, InsertStatements, Position, RemoveFile, ReplaceText
from transforms.edits import add_env_example, read_secret, stub_in_tests
from transforms.frameworks.alembic import CONFIG, URL
from transforms.frameworks.secret_moves import question
from transforms.frameworks.secret_naming import name_of
from transforms.inserted import EnvVar
from transforms.placement import env_example, gitignore

if TYPE_CHECKING:
    from transforms.app import App

_COMMITTED = re.compile(r"^\.env(?:\.(?:local|prod|production|dev|development|staging|live))?$")
_DOCKERFILE = re.compile(r"^Dockerfile|\.Dockerfile$", re.IGNORECASE)
NO_DOCKERFILE = (
    "No patch: whoever runs the image relies on what it brings, and nothing here says how it is run. Take the line "
    "out, and give the value to the container when it runs (`--env-file`, a secret of the platform), or to the build "
    "by `RUN --mount=type=secret`."
)
_MEANING = "secret; never write its value here"


@dataclass(frozen=True, slots=True)
class SettingMove:
    """What takes a secret out of a file, and what a person has to do for it."""

    name: str
    title: str
    edits: tuple[Edit, ...]
    todo: tuple[str, ...]
    brokered: bool = False  # the app asks the broker for it from now on


def move(app: "App", use: SecretUse) -> SettingMove | None:
    """The edits for one secret of a file that is not Python; None where a person has to decide."""
    if use.role is not SecretRole.CONFIG_FILE or use.test_only or use.file.endswith(".py"):
        return None
    if is_committed_env(use.file):
        return _untracked(app, use.file) if use.file not in app.uncommitted else None
    if use.expression is not None:
        return _asked_by_compose(app, use, use.expression)
    if _DOCKERFILE.search(basename(use.file)):
        return SettingMove("", NO_DOCKERFILE, (), ())
    if use.entry is None:
        return None
    if use.keys == ("alembic", "sqlalchemy.url"):
        return _asked_by_migrations(app, use, use.entry)
    return _asked_by_terraform(use, use.entry) if use.entry_left else _asked_by_code(app, use, use.entry)


def is_committed_env(path: str) -> bool:
    """Whether a file is one of those that only a machine's owner should have."""
    return _COMMITTED.match(basename(path)) is not None or _is_streamlit(path)


def _is_streamlit(path: str) -> bool:
    return f"/{path}".endswith("/.streamlit/secrets.toml")


def _asked_by_compose(app: "App", use: SecretUse, place: Place) -> SettingMove:
    name = use.environment_name or use.secret_name
    return SettingMove(
        name,
        f"Let compose ask the environment for {name}",
        (ReplaceText(use.file, place, f"${{{name}:?}}"), *add_env_example(app, use.file, EnvVar(name, _MEANING, None))),
        (f"Set {name} where compose runs, in its environment or in a .env that is not committed: it stops without.",),
    )


def _untracked(app: "App", path: str) -> SettingMove:
    """The whole file goes, so that every secret in it asks for the same edits."""
    names = dict.fromkeys(each.name for each in app.files[path].secrets if each.name.isidentifier())
    if _is_streamlit(path):
        return _left_to_streamlit(app, path)
    example = env_example(app, path)
    lines = tuple(f"# {_MEANING}\n{name}=" for name in names)
    return SettingMove(
        next(iter(names), basename(path)),
        f"Take {path} out of the repository",
        (RemoveFile(path), AddLines(gitignore(app, path), (basename(path),)), AddLines(example, lines)),
        (
            f"Keep a copy of {path} where the app runs: after the merge, git takes it away there.",
            f"Tell whoever deploys from a checkout that {path} no longer comes with it; {example} names its secrets.",
        ),
    )


def _left_to_streamlit(app: "App", path: str) -> SettingMove:
    """Streamlit's own file of secrets, which belongs to a machine or to the platform's settings."""
    example, tables = f"{path}.example", dict[tuple[str, ...], list[str]]()
    for use in app.files[path].secrets:
        if use.keys:
            tables.setdefault(use.keys[:-1], []).append(use.keys[-1])
    heads = [f"# Copy this file to {basename(path)} and fill it in there: git does not keep that one."]
    for table, names in sorted(tables.items()):
        heads += ["", f"[{'.'.join(table)}]"] if table else [""]
        heads += [f'{name} = ""' for name in names]
    edits: list[Edit] = [RemoveFile(path), AddLines(gitignore(app, path), (".streamlit/secrets.toml",))]
    if example not in app.paths:
        edits.append(AddFile(example, "\n".join(heads) + "\n"))
    return SettingMove(
        basename(path),
        f"Take {path} out of the repository",
        tuple(edits),
        (
            f"Keep a copy of {path} where the app runs: after the merge, git takes it away there.",
            "On Streamlit's own platform its text belongs in the settings of the app, under Secrets.",
        ),
    )


def _asked_by_terraform(use: SecretUse, place: Place) -> SettingMove:
    (name,) = use.keys
    return SettingMove(
        name,
        f"Let Terraform ask for {name}",
        (ReplaceText(use.file, place, use.entry_left),),
        (
            f"Set TF_VAR_{name} where Terraform runs: it asks, or stops, without.",
            "Terraform's state still holds the value: guard it.",
        ),
    )


def _asked_by_code(app: "App", use: SecretUse, place: Place) -> SettingMove | None:
    """The entry goes, and every read of it asks the broker."""
    reads = _reads_of(app, use)
    if not reads:
        return None
    asked = [read_secret(app, _as_read(use, each), name_of(app, use)) for each in reads]
    known = [each for each in asked if each is not None]
    if len(known) != len(asked) or len({each.name for each in known}) != 1:
        return None
    name, edits = known[0].name, [edit for each in known for edit in each.edits]
    left = f"# {use.keys[-1]}: the app asks for it as {name}, where secrets are kept"
    stubs = [
        edit
        for each, read in zip(known, reads, strict=True)
        if each.at_import
        for edit in stub_in_tests(app, _as_read(use, read), name)
    ]
    return SettingMove(
        name,
        f"Ask for {name} where secrets are kept, and not in {use.file}",
        tuple(dict.fromkeys((*edits, *stubs, ReplaceText(use.file, place, left)))),
        (broker(app.placement.broker).provision(name),),
        brokered=True,
    )


def _asked_by_migrations(app: "App", use: SecretUse, place: Place) -> SettingMove | None:
    """Alembic's file leaves the address to `env.py`, which asks where it does not set it yet."""
    said = [each for facts in app.files.values() for each in facts.settings if each.name in (CONFIG, URL)]
    homes = {each.file for each in said}
    taken = next((each for each in said if each.name == CONFIG), None)
    if len(homes) != 1 or taken is None or sum(basename(path) == "alembic.ini" for path in app.paths) != 1:
        return None
    if any(each.name == URL for each in said):
        left = ReplaceText(use.file, place, f"# sqlalchemy.url: {taken.file} sets it")
        return SettingMove("", f"Take the database's address out of {use.file}: {taken.file} sets it", (left,), ())
    imported = (app.file_of(reference) for _, reference in app.files[taken.file].imports)
    beside = next((each for each in imported if each and each != taken.file), None)
    if beside is None:
        return None  # it may not find what it would ask
    name = name_of(app, use)
    call, imports, more = question(app, replace(use, file=beside), name)
    code = f'{taken.value}.set_main_option("sqlalchemy.url", {call}.replace("%", "%%"))'
    edits = (
        InsertStatements(taken.file, taken.place, Position.AFTER, code, imports),
        *more,
        ReplaceText(use.file, place, f"# sqlalchemy.url: {taken.file} asks for it as {name}"),
    )
    title = f"Ask for {name} where secrets are kept, and not in {use.file}"
    return SettingMove(name, title, edits, (broker(app.placement.broker).provision(name),), brokered=True)


def _as_read(use: SecretUse, read: SettingsFileRead) -> SecretUse:
    """The secret as if it stood where it is read."""
    return replace(
        use, file=read.file, place=read.place, expression=read.place, role=SecretRole.ASSIGNED, movable=True,
        at_import=not read.deferred, symbol=read.symbol, entry=None,
    )  # fmt: skip


def _reads_of(app: "App", use: SecretUse) -> tuple[SettingsFileRead, ...]:
    """Every read of an entry; nothing where one may not be seen."""
    name = basename(use.file)
    loaded = [each for facts in app.files.values() for each in facts.settings_files if each.name in (name, "")]
    if not loaded or sum(basename(path) == name for path in app.paths) != 1 or not all(each.name for each in loaded):
        return ()
    if any(_is_taken_along(app, each) for each in loaded):
        return ()
    symbols = {each.symbol for each in loaded}
    reads = [each for facts in app.files.values() for each in facts.settings_file_reads if each.symbol in symbols]
    if any(each.keys != use.keys and each.keys == use.keys[: len(each.keys)] for each in reads):
        return ()  # a whole table, or all of it, goes somewhere
    return tuple(each for each in reads if each.keys == use.keys)


def _is_taken_along(app: "App", loaded: SettingsFile) -> bool:
    """Whether another file may use the name."""
    module = loaded.symbol.rpartition(".")[0]
    return any(
        app.resolve(reference, path) in (loaded.symbol, module)
        for path, facts in app.files.items()
        if path != loaded.file
        for _, reference in facts.imports
    )
