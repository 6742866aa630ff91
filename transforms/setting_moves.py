"""How a secret leaves a file that is not Python, where that is safe.

- A literal in a compose file becomes `${NAME:?}`: compose asks the environment, and stops when nothing is set.
- A committed `.env` leaves the repository: git forgets it, `.gitignore` keeps it out, `.env.example` has its names.

Everything else stays advice: whether a Dockerfile, a TOML or a YAML file can ask its environment depends on who reads
it, and a file that is merely read differently would fail somewhere else.
"""

import re
from dataclasses import dataclass
from posixpath import basename
from typing import TYPE_CHECKING

from transforms.concepts import Place
from transforms.concepts_secrets import SecretRole, SecretUse
from transforms.edit_kinds import AddLines, Edit, RemoveFile, ReplaceText
from transforms.edits import add_env_example
from transforms.inserted import EnvVar
from transforms.placement import env_example, gitignore

if TYPE_CHECKING:
    from transforms.app import App

_COMMITTED = re.compile(r"^\.env(?:\.(?:local|prod|production|dev|development|staging|live))?$")
_MEANING = "secret; never write its value here"


@dataclass(frozen=True, slots=True)
class SettingMove:
    """What takes a secret out of a file, and what a person has to do for it."""

    name: str
    title: str
    edits: tuple[Edit, ...]
    todo: tuple[str, ...]


def move(app: "App", use: SecretUse) -> SettingMove | None:
    """The edits for one secret of a file that is not Python; None where a person has to decide."""
    if use.role is not SecretRole.CONFIG_FILE or use.test_only or use.file.endswith(".py"):
        return None
    if is_committed_env(use.file):
        return _untracked(app, use.file) if use.file not in app.uncommitted else None
    return _asked_by_compose(app, use, use.expression) if use.expression is not None else None


def is_committed_env(path: str) -> bool:
    """Whether a file is one of those that only a machine's owner should have."""
    return _COMMITTED.match(basename(path)) is not None


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
    example = env_example(app, path)
    lines = tuple(f"# {_MEANING}\n{name}=" for name in names)
    return SettingMove(
        next(iter(names), basename(path)),
        f"Take {path} out of the repository",
        (RemoveFile(path), AddLines(gitignore(app, path), (basename(path),)), AddLines(example, lines)),
        (
            f"Keep a copy of {path} where the app runs: after the merge, git takes it away there.",
            f"Tell whoever deploys from a checkout that {path} no longer comes with it; {example} names what it held.",
        ),
    )
