"""How a secret leaves a file that is not Python, where that is safe.

- A literal in a compose file becomes `${NAME:?}`: compose asks the environment, and stops when nothing is set.
- A committed `.env` leaves the repository: git forgets it, `.gitignore` keeps it out, `.env.example` has its names.
  Streamlit's `.streamlit/secrets.toml` does too, with a `secrets.toml.example` beside it.
- An entry of a TOML, YAML or INI file goes where every read of it is seen in Python code: the reads ask the broker.
- The default of a Terraform variable goes: Terraform asks for it, and `sensitive` keeps it out of what it prints.
- `ENV` of a Dockerfile goes, alone or from among others, for the variable is given when the container runs, and what
  needs it says so when it is not; unless the build itself uses it. `ARG` loses its default.
- A variable of a shell script is asked of its environment, `"${NAME:?set NAME}"`: the script stops without.

Everything else stays advice. Workflows do: what steers CI is no patch's to touch.
"""

import re
from dataclasses import dataclass, replace
from posixpath import basename
from typing import TYPE_CHECKING

from transforms.brokers import broker
from transforms.concepts import Place
from transforms.concepts_secrets import SecretRole, SecretUse, SettingsFile, SettingsFileRead
from transforms.containers import handed_to_image
from transforms.edit_kinds import AddFile, AddLines, Edit, InsertStatements, Position, RemoveFile, ReplaceText
from transforms.edits import add_env_example, read_secret, stub_in_tests
from transforms.frameworks.alembic import CONFIG, URL
from transforms.frameworks.secret_moves import question
from transforms.frameworks.secret_naming import name_of
from transforms.frameworks.setting_files import is_like_settings
from transforms.inserted import EnvVar
from transforms.placement import env_example, gitignore
from transforms.secrets.files import FileRole, text_role
from transforms.textfiles.recipes import SHELLS, is_dockerfile

if TYPE_CHECKING:
    from transforms.app import App

_COMMITTED = re.compile(r"^\.env(?:\.(?:local|prod|production|dev|development|staging|live))?$")
NO_DOCKERFILE = (
    "No patch: the build uses it, or its line is not plain. Take it out, and give the value to the container when it "
    "runs (`--env-file`, a secret of the platform), or to the build by `RUN --mount=type=secret`."
)
NO_WORKFLOW = (
    "No patch: what steers CI is for people to change. Put the value where the CI keeps its secrets (GitHub: Settings, "
    "Secrets and variables, Actions) and ask for it there, by `${{ secrets.NAME }}`."
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
    if use.role is not SecretRole.CONFIG_FILE or use.file.endswith(".py"):
        return None
    if text_role(use.file) is FileRole.CI:
        return SettingMove("", NO_WORKFLOW, (), ())
    if use.test_only:
        return None
    if is_committed_env(use.file):
        return _untracked(app, use.file) if use.file not in app.uncommitted else None
    if use.expression is not None:
        return _asked_by_compose(app, use, use.expression)
    if is_dockerfile(basename(use.file)):
        return _given_to_container(app, use, use.entry) if use.entry else SettingMove("", NO_DOCKERFILE, (), ())
    if use.entry is None:
        return None
    if use.file.endswith(SHELLS):
        return _asked_by_script(use, use.entry)
    if use.keys == ("alembic", "sqlalchemy.url"):
        return _asked_by_migrations(app, use, use.entry)
    if use.file.endswith(".tf"):
        return _asked_by_terraform(use, use.entry) if use.entry_left else None
    return _asked_by_code(app, use, use.entry)


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
    secret = dict.fromkeys(each.name for each in app.files[path].secrets if each.name.isidentifier())
    if _is_streamlit(path):
        return _left_to_streamlit(app, path)
    example = env_example(app, path)
    names = dict.fromkeys((*app.files[path].variables, *secret))  # whoever starts anew needs all of them
    lines = tuple(f"# {_MEANING}\n{name}=" if name in secret else f"{name}=" for name in names)
    return SettingMove(
        next(iter(secret), basename(path)),
        f"Take {path} out of the repository",
        (RemoveFile(path), AddLines(gitignore(app, path), (basename(path),)), AddLines(example, lines)),
        (
            f"Keep a copy of {path} where the app runs: after the merge, git takes it away there.",
            f"Tell whoever deploys from a checkout that {path} no longer comes with it; {example} names its variables.",
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


def _given_to_container(app: "App", use: SecretUse, place: Place) -> SettingMove:
    (name,) = use.keys
    left = ReplaceText(use.file, place, use.entry_left)
    if not use.entry_left.upper().startswith("ARG"):
        return SettingMove(
            name,
            f"Let {name} be given when the container runs, and not by {use.file}",
            (
                left,
                *add_env_example(app, use.file, EnvVar(name, _MEANING, None)),
                *handed_to_image(app, use.file, name),
            ),
            (
                f"Set {name} where containers of this image run (`--env-file`, a secret of the platform): what needs "
                "it fails without.",
                "Layers of images that were built before still hold the value: rebuild them, and delete the old ones.",
            ),
        )
    return SettingMove(
        name,
        f"Let {name} be given when the image is built, and not by {use.file}",
        (left,),
        (
            f"Give {name} to the build: best by `RUN --mount=type=secret,id={name}`, for what `--build-arg` is given "
            "stays in the history of the image.",
        ),
    )


def _asked_by_script(use: SecretUse, place: Place) -> SettingMove:
    (name,) = use.keys
    return SettingMove(
        name,
        f"Let {basename(use.file)} ask its environment for {name}",
        (ReplaceText(use.file, place, use.entry_left),),
        (f"Set {name} where {use.file} runs: it stops without.",),
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
    left = use.entry_left or f"# {use.keys[-1]}: the app asks for it as {name}, where secrets are kept"
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
    if any(_would_be_idle(app, each, use, reads) for each in loaded):
        return ()
    if any(each.keys != use.keys and each.keys == use.keys[: len(each.keys)] for each in reads):
        return ()  # a whole table, or all of it, goes somewhere
    return tuple(each for each in reads if each.keys == use.keys)


def _would_be_idle(app: "App", loaded: SettingsFile, use: SecretUse, reads: list[SettingsFileRead]) -> bool:
    """Whether a function would load a file for nothing, once all secrets of that file are asked for elsewhere."""
    secrets = {each.keys for each in app.files[use.file].secrets}
    return loaded.inside and all(each.keys in secrets for each in reads if each.symbol == loaded.symbol)


def _is_unread(app: "App", path: str) -> bool:
    """Whether a Python file may import what nobody knows: one that says nothing of interest is never parsed."""
    facts = app.files[path]
    return path.endswith(".py") and not facts.imports and not path.endswith("__init__.py")


def _is_taken_along(app: "App", loaded: SettingsFile) -> bool:
    """Whether another file may use the name."""
    if loaded.inside:
        return False
    module, _, name = loaded.symbol.rpartition(".")
    if not is_like_settings(name) and any(_is_unread(app, path) for path in app.files if path != loaded.file):
        return True
    return any(
        app.resolve(reference, path) in (loaded.symbol, module)
        for path, facts in app.files.items()
        if path != loaded.file
        for _, reference in facts.imports
    )
