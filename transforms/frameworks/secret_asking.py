"""What is asked for a secret: the app's reader of settings or its function, the organisation's, or the inserted one."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from transforms.brokers import broker
from transforms.concepts_secrets import ASKED, Asker, SecretUse, SettingsReader
from transforms.frameworks.secret_readers import is_reader
from transforms.secrets.files import FileRole, python_role

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.edit_kinds import ImportOf


@dataclass(frozen=True, slots=True)
class Helper:
    """What is asked: a function, or the app's settings."""

    module: str  # "" where nothing has to be imported
    name: str  # "" where the module itself is imported
    call: str  # "get_secret({name!r})"
    inserted: bool = False
    file: str = ""  # of a function of the app
    environment: bool = False  # it reads the environment, while that is where secrets are kept
    here: bool = False  # by a name of the file of the secret: what asks stays there

    @property
    def imports(self) -> "tuple[ImportOf, ...]":
        """What a file needs to ask."""
        from transforms.edit_kinds import ImportOf

        return (ImportOf(self.module, self.name or None),) if self.module else ()


def helper_for(app: "App", use: SecretUse) -> Helper:
    """The reader or the function of the app, else the organisation's, else the one that comes with the patch.

    A script that could not import that one asks the environment, where secrets are kept there.
    """
    reader = use.reader
    if reader is not None and _reads_environment(app, reader, use.file):
        code = reader.code.replace("{", "{{").replace("}", "}}").replace(ASKED, "{name!r}")
        return Helper("", "", code, environment=True, here=True)
    found = _beside(app, use)
    cast = reader.cast if reader is not None else ""
    return replace(found, call=f"{cast}({found.call})", here=True) if cast else found


def _reads_environment(app: "App", reader: SettingsReader, path: str) -> bool:
    """Whether a reader of the app is the place to ask, where secrets are kept in the environment."""
    if broker(app.placement.broker).over_network:
        return False
    return reader.asks == "" or is_reader(app, app.resolve(reader.asks, path))


def _beside(app: "App", use: SecretUse) -> Helper:
    from transforms.edits import inserted_import, runs_alone

    own = (each for facts in app.files.values() for each in facts.askers if not facts.inserted)
    for asker in sorted(own, key=lambda each: each.symbol):
        module, _, name = asker.symbol.rpartition(".")
        if (
            asker.file != use.file
            and python_role(asker.file, b"") is FileRole.APP
            and not app.reaches(asker.file, use.file)
            and _can_be_asked(app, asker, use.file)
        ):
            return Helper(module, name, name + "({name!r})", file=asker.file)
    if (binding := app.placement.bindings.get("secret")) is not None:
        return Helper(binding.module, binding.name, binding.call)
    if not broker(app.placement.broker).over_network and runs_alone(app, use.file):
        return Helper("os", "", "os.environ[{name!r}]", environment=True)
    module = inserted_import(app, "secrets", use.file)
    return Helper(module, "get_secret", "get_secret({name!r})", inserted=True, environment=True)


def _can_be_asked(app: "App", asker: Asker, path: str) -> bool:
    """Whether a file can import that of a function: it does so already, or both are of one program.

    A script that nobody imports, and that asks for its own settings when it is imported, is no library.
    """
    if app.reaches(path, asker.file):
        return True
    if app.starts_in(asker.file) != app.starts_in(path):
        return False
    return not asker.early or bool(app.lookup.roots_of(asker.file))
