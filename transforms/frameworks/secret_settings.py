"""The app's own settings as the place that a secret is asked from: pydantic's, Flask's `config`, Django's settings.

A secret becomes one more setting beside those that the app has, in their style, and code asks the settings object. What
decides is where a missing value shows: settings that stop the app today where one is missing may have one more of that
kind; settings that never stopped it must not begin to when something is imported, so a pydantic class then gets a
property, which asks when it is looked at, and code of Flask and Django apps asks the broker itself.
"""

import keyword
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.brokers import broker
from transforms.concepts_secrets import SecretUse, SettingRow, SettingsClass
from transforms.frameworks.secret_readers import is_reader
from transforms.frameworks.secret_uses import DJANGO, FLASK
from transforms.secrets.files import FileRole, python_role

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.concepts import Function
    from transforms.edit_kinds import Edit
    from transforms.facts import Facts
    from transforms.frameworks.secret_asking import Helper

_ENVIRONMENTS = ("os.environ", "decouple.config")
_OF_FRAMEWORKS = ("flask", "django.conf")


@dataclass(frozen=True, slots=True)
class OwnSetting:
    """A setting of the app that holds the secret: how it is asked for, and the edits that make it."""

    call: str  # "settings.stripe_api_key"
    module: str  # what the call needs: `from module import name`; "" for nothing
    name: str
    variable: str  # what a person provides
    edits: "tuple[Edit, ...]"
    file: str  # where the setting is
    early: bool  # a missing value shows when the settings are made, and not when they are asked
    by_helper: bool  # the setting asks the broker
    loaded_first: bool = False  # by what runs the tests, before any set-up of theirs
    only_in: str = ""  # the symbol of the one function in which it can be asked so
    made_on_import: bool = False
    new_demands: bool = False  # importing its file may fail today already, where a value is missing


def own_settings(app: "App", use: SecretUse, name: str, helper: "Helper") -> "Iterator[OwnSetting]":
    """The settings of the app that may hold this secret, the best first."""
    if use.settings_field or use.dataclass_field or not name.isidentifier():
        return
    yield from _of_pydantic(app, use, name, helper)
    if not _is_of_a_program(app, use):
        yield from _of_flask(app, use, name, helper)
        yield from _of_django(app, use, name, helper)


def _is_of_a_program(app: "App", use: SecretUse) -> bool:
    """Whether only a program beside the app needs it: the others need not stop where it is missing."""
    from transforms.edits import runs_by_hand

    return runs_by_hand(app, use.file)


def can_ask(app: "App", own: OwnSetting, use: SecretUse, path: str) -> bool:
    """Whether a file can ask this setting: without a circle of imports, and without a new way to fail on import."""
    if not own.module:
        return path == use.file and not use.at_import
    facts = app.files[path]
    if _binds_otherwise(app, facts, own):
        return False
    if own.module in _OF_FRAMEWORKS:
        package = own.module.partition(".")[0]
        return not use.at_import and any(f"{reference}.".startswith(f"{package}.") for _, reference in facts.imports)
    if app.reaches(own.file, path) or app.starts_in(path) != app.starts_in(own.file):
        return False
    if app.reaches(path, own.file):
        return True
    return not use.at_import and _is_plain(app, own.file) and (not own.new_demands or _comes_with(app, own, path))


def _is_plain(app: "App", file: str) -> bool:
    """Whether all that a file imports of the app is known."""
    return not any(_is_unread(app.files[each]) for each in app.lookup.reached_from(file) - {file})


def _is_unread(facts: "Facts") -> bool:
    """Whether a file may import what nobody knows: one that says nothing of interest is never parsed."""
    return not facts.imports and not facts.path.endswith("__init__.py")


def _comes_with(app: "App", own: OwnSetting, path: str) -> bool:
    """Whether all that runs a file makes the settings anyway."""
    if any(_is_unread(each) for each in app.files.values() if python_role(each.path, b"") is not FileRole.APP):
        return False  # a test that is unread may import the file alone
    roots = app.lookup.roots_of(path)
    return bool(roots) and all(app.reaches(each, own.file) for each in roots)


def _binds_otherwise(app: "App", facts: "Facts", own: OwnSetting) -> bool:
    """Whether the name of the settings object means something else in a file, or in a function of it."""
    symbol, wanted = f"{facts.module}.{own.name}", f"{own.module}.{own.name}"
    imported = dict(facts.imports).get(own.name)
    if imported is not None and imported != wanted and app.resolve(imported, facts.path) != wanted:
        return True
    here = {each.symbol for kind in (facts.functions, facts.classes, facts.instances) for each in kind}
    if symbol in here or symbol in dict(facts.assigned):
        return True
    return any(parameter.name == own.name for each in facts.functions for parameter in each.parameters)


# --- pydantic ---------------------------------------------------------------------------------------------------------


def _of_pydantic(app: "App", use: SecretUse, name: str, helper: "Helper") -> "Iterator[OwnSetting]":
    found = [(each, givers) for each in _classes(app, use) if (givers := tuple(_givers(app, each)))]
    if len(found) != 1 or use.file == found[0][0].file:
        return
    settings, givers = found[0]
    made = _made_field(app, use, settings, name, helper, givers) or _made_property(app, settings, name, helper)
    if made is None:
        return
    field, variable, edits, early = made
    ending = f"{field}.get_secret_value()" if early and settings.hidden and not settings.texts else field
    parameter = _parameter(app, use, settings)
    imported = {app.resolve(reference, use.file) for _, reference in app.files[use.file].imports}
    on_import = any(not giver.endswith("()") for giver in givers)
    demands = bool(settings.required) and on_import
    by_helper = not early
    if parameter:
        symbol = f"{parameter}.{ending}"
        yield OwnSetting(symbol, "", "", variable, edits, settings.file, early, by_helper, only_in=use.symbol)
    for giver in sorted(givers, key=lambda each: each.removesuffix("()") not in imported):
        module, _, local = giver.rpartition(".")
        yield OwnSetting(
            f"{local}.{ending}", module, local.removesuffix("()"), variable, edits, settings.file, early, by_helper,
            made_on_import=on_import, new_demands=demands,
        )  # fmt: skip
        return


def required_variable(app: "App", use: SecretUse) -> str | None:
    """The variable by which a settings class fills the field that a secret is the default of; None where unknown."""
    found = [each for facts in app.files.values() for each in facts.settings_classes if each.symbol == use.symbol]
    if not use.settings_field or len(found) != 1 or found[0].prefix is None or _is_extended(app, found[0]):
        return None
    (settings,) = found
    return f"{settings.prefix}{use.name}" if settings.by_exact_name else f"{settings.prefix}{use.name}".upper()


def _classes(app: "App", use: SecretUse) -> Iterator[SettingsClass]:
    """The settings classes of the app that the secret belongs to."""
    for facts in app.files.values():
        for each in facts.settings_classes:
            is_app = python_role(each.file, b"") is FileRole.APP
            if is_app and app.starts_in(each.file) == app.starts_in(use.file) and not _is_extended(app, each):
                yield each


def _is_extended(app: "App", settings: SettingsClass) -> bool:
    """Whether another class inherits from it: who knows then of which one the settings are made."""
    return any(app.resolve(base, each.file) == settings.symbol for each in app.classes.values() for base in each.bases)


def _givers(app: "App", settings: SettingsClass) -> Iterator[str]:
    """The names of modules that give these settings: `app.config.settings`, `app.config.get_settings()`."""
    getters = {
        each.symbol
        for facts in app.files.values()
        for each in facts.settings_getters
        if app.resolve(each.reference, each.file) == settings.symbol
    }
    for facts in app.files.values():
        for each in facts.instances:
            head = each.reference.removesuffix("()")
            is_module_s = each.symbol.rpartition(".")[0] == facts.module and facts.path == settings.file
            if is_module_s and head != each.reference and app.resolve(head, facts.path) in {settings.symbol, *getters}:
                yield each.symbol
    yield from (f"{each}()" for each in sorted(getters) if app.file_of(each) == settings.file)


_Made = tuple[str, str, "tuple[Edit, ...]", bool]  # field, variable, edits, whether it is a field that is required


def _made_field(
    app: "App", use: SecretUse, settings: SettingsClass, name: str, helper: "Helper", givers: tuple[str, ...]
) -> _Made | None:
    """A field without a default, where a missing value shows in the same way as that of others."""
    from transforms.edit_kinds import InsertStatements, Position

    if not helper.inserted or broker(app.placement.broker).over_network or settings.prefix is None:
        return None
    if _is_of_a_program(app, use) or not (app.reaches(use.file, settings.file) or app.lookup.roots_of(use.file)):
        return None
    on_import = any(not each.endswith("()") for each in givers)
    field = _spelled(settings, name)
    if (on_import and not settings.required) or not _is_free_name(field):
        return None
    aliased = settings.default != ""
    variable = (
        name if aliased else f"{settings.prefix}{field}" if settings.by_exact_name else f"{settings.prefix}{name}"
    )
    variable = variable if settings.by_exact_name and not aliased else variable.upper()
    if use.environment_name is not None and variable != use.environment_name:
        return None  # whoever sets it today would set it in vain
    if field not in settings.fields and field.lower() in {each.lower() for each in settings.fields}:
        return None
    if field in settings.fields:
        return (field, variable, (), True) if field in (*settings.texts, *settings.hidden) and not aliased else None
    hidden = bool(settings.hidden) and not settings.texts
    default = f" = {settings.default.format(name=name)}" if aliased else ""
    code = f"{field}: {'SecretStr' if hidden else 'str'}{default}"
    return field, variable, (InsertStatements(settings.file, settings.last_field, Position.AFTER, code),), True


def _made_property(app: "App", settings: SettingsClass, name: str, helper: "Helper") -> _Made | None:
    """A property that asks when it is looked at."""
    from transforms.edit_kinds import InsertStatements, Position

    field = _spelled(settings, name)
    taken = {each.lower() for each in settings.fields}  # an upper-case field reads the same variable
    if field.lower() in taken or not _is_free_name(field) or app.reaches(helper.file, settings.file):
        return None
    code = f"@property\ndef {field}(self) -> str:\n    return {helper.call.format(name=name)}"
    edit = InsertStatements(settings.file, settings.end, Position.AFTER, code, helper.imports)
    return field, name, (edit,), False


def _spelled(settings: SettingsClass, name: str) -> str:
    written = [each for each in settings.fields if each not in ("model_config", "Config")]
    return name.upper() if written and all(each.isupper() for each in written) else name.lower()


def _is_free_name(field: str) -> bool:
    return not keyword.iskeyword(field) and not field.startswith(("_", "model_", "settings_"))


def _parameter(app: "App", use: SecretUse, settings: SettingsClass) -> str:
    """The parameter by which the function around the secret is given the settings: `settings: Settings = ...`."""
    function: Function | None = app.functions.get(use.symbol)
    for each in function.parameters if function is not None and function.file == use.file else ():
        if each.reference and app.class_behind(each.reference, use.file) == settings.symbol and not use.at_import:
            return each.name
    return ""


# --- Flask ------------------------------------------------------------------------------------------------------------


def _of_flask(app: "App", use: SecretUse, name: str, helper: "Helper") -> "Iterator[OwnSetting]":
    """`current_app.config["X"]` in a handler of the only Flask app, which loads X as it loads its others."""
    made = [each for facts in app.files.values() for each in facts.routers if each.is_app and each.framework == "flask"]
    apps = [each for each in made if python_role(each.file, b"") is FileRole.APP]
    handlers = {each.handler for each in app.routes if each.framework == "flask"} if len(apps) == 1 else set()
    if use.symbol not in handlers or use.at_import:
        return
    (served,) = apps
    taken = {
        app.resolve(each.reference.removeprefix(FLASK), each.file)
        for facts in app.files.values()
        for each in facts.name_uses
        if each.reference.startswith(FLASK)
    }
    rows = [
        each for each in _rows(app, helper) if (each.in_config and each.owner == served.symbol) or each.owner in taken
    ]
    setting = _one_more_row(rows, use, name)
    if setting is None:
        return
    edits, file = setting
    module_s = served.symbol.rpartition(".")[0] == app.files[use.file].module
    local = served.symbol.rpartition(".")[2] if module_s else "current_app"
    module = "" if module_s else "flask"
    imported = "" if module_s else "current_app"
    yield OwnSetting(
        f'{local}.config["{name}"]', module, imported, name, edits, file, True, False, only_in=use.symbol,
        made_on_import=True,
    )  # fmt: skip


# --- Django -----------------------------------------------------------------------------------------------------------


def _of_django(app: "App", use: SecretUse, name: str, helper: "Helper") -> "Iterator[OwnSetting]":
    """`settings.X` of `django.conf`, where the only settings module loads X as it loads its others."""
    named = {
        each.reference.removeprefix(DJANGO)
        for facts in app.files.values()
        for each in facts.name_uses
        if each.reference.startswith(DJANGO)
    }
    if len(named) != 1 or use.at_import:
        return
    (module,) = named
    homes = [facts for facts in app.files.values() if facts.module == module or facts.module.endswith(f".{module}")]
    if len(homes) != 1 or homes[0].path == use.file:
        return
    rows = [each for each in _rows(app, helper) if each.owner == homes[0].module and not each.in_config]
    setting = _one_more_row(rows, use, name)
    if setting is not None:
        edits, file = setting
        yield OwnSetting(
            f"settings.{name}", "django.conf", "settings", name, edits, file, True, False, loaded_first=True,
            made_on_import=True,
        )  # fmt: skip


def _rows(app: "App", helper: "Helper") -> Iterator[SettingRow]:
    """The rows of the app's files that ask where this secret would be kept."""
    plain = helper.inserted and not broker(app.placement.broker).over_network
    askers = {each.symbol for facts in app.files.values() for each in facts.askers if not facts.inserted}
    for facts in app.files.values():
        for row in facts.setting_rows:
            if python_role(row.file, b"") is not FileRole.APP:
                continue
            asked = app.resolve(row.asks, row.file)
            by_library = asked in _ENVIRONMENTS or is_reader(app, row.asks)
            if (by_library and plain) or asked in askers:
                yield row


def _one_more_row(rows: Iterable[SettingRow], use: SecretUse, name: str) -> "tuple[tuple[Edit, ...], str] | None":
    """A row below the last one, unless there is one for this name."""
    from transforms.edit_kinds import InsertStatements, Position

    known = tuple(rows)
    if not name.isupper() or len({(each.file, each.owner) for each in known}) != 1:
        return None
    last = max(known, key=lambda each: each.place.line)
    if any(each.name == name for each in known):
        return (), last.file
    if last.file == use.file and last.owner == use.symbol:
        return None
    code = last.code.format(name=name)
    return (InsertStatements(last.file, last.place, Position.AFTER, code),), last.file
