"""The edits by which a literal secret becomes a question to where secrets are kept.

The scheme, the first that fits:

1. A module-level constant that is used inside functions alone (of whatever file): each use asks, and the constant goes.
2. The default of a pydantic settings field: a default factory asks, after the settings' own sources were looked at.
3. A literal in a function: it is replaced where it stands, and so is a lookup that would fall back to it.
4. Anything else is evaluated when the module is imported. It is replaced where it stands only if secrets are read from
   the environment: a patch never turns an import of the app into a network call.

A comparison, a parameter's default, documentation and files that are not Python are not moved: there the literal itself
is wrong, and a person has to say what shall be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.brokers import broker
from transforms.concepts import NameUse, SecretUse
from transforms.frameworks.secret_uses import TAKEN
from transforms.secrets.files import FileRole, python_role

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.edits import Edit, ImportOf

OWN_HELPERS = ("get_secret", "read_secret", "fetch_secret", "load_secret")


@dataclass(frozen=True, slots=True)
class SecretRead:
    """A literal as a question: what it is called there, and the edits that ask."""

    name: str
    edits: "tuple[Edit, ...]"
    paths: tuple[str, ...]  # the files that ask
    at_import: bool  # the question is asked when the module is imported
    helper: str  # reference of the function that is asked
    inserted: bool  # that function comes with the patch


@dataclass(frozen=True, slots=True)
class _Helper:
    """The function that is asked."""

    module: str
    name: str
    call: str  # "get_secret({name!r})"
    inserted: bool = False


def read_secret(app: "App", use: SecretUse) -> SecretRead | None:
    """The edits that make the app ask for this secret; None when no safe edit is known."""
    if not use.movable or use.test_only or use.expression is None:
        return None
    helper, name = _helper(app, use), name_of(app, use)
    call = helper.call.format(name=name)
    uses = _uses_to_replace(app, use)
    if uses:
        edits, paths = _constant_goes(use, uses, call, helper)
        return _asked(app, use, name, edits, paths, helper, at_import=False)
    if use.settings_field:
        edits = _replaced(use, f"Field(default_factory=lambda: {call})", helper, ("pydantic", "Field"))
        return _asked(app, use, name, edits, (use.file,), helper, at_import=False)
    if use.at_import and broker(app.placement.broker).over_network:
        return None
    code = _filled(use.template, call) if use.template else call
    return _asked(app, use, name, _replaced(use, code, helper), (use.file,), helper, at_import=use.at_import)


def name_of(app: "App", use: SecretUse) -> str:
    """What the secret is called where it is kept: with the module's name in front if another one is called the same."""
    others = [
        other
        for other in app.secrets
        if other.secret_name == use.secret_name and other.file != use.file and other.movable and not other.test_only
    ]
    if all(other.fingerprint == use.fingerprint or other.environment_name for other in others) or use.environment_name:
        return use.secret_name
    stem = use.file.rpartition("/")[2].removesuffix(".py").upper()
    return f"{stem}_{use.secret_name}"


def _asked(
    app: "App",
    use: SecretUse,
    name: str,
    edits: "Iterable[Edit]",
    paths: tuple[str, ...],
    helper: _Helper,
    *,
    at_import: bool,
) -> SecretRead:
    from transforms.edits import add_env_example, add_inserted_module, require_package
    from transforms.inserted import BACKEND_REQUIREMENTS, EnvVar

    more: list[Edit] = []
    if helper.inserted:
        more += add_inserted_module(app, "secrets", None, use.file)
        for requirement in BACKEND_REQUIREMENTS.get(app.placement.broker, ()):
            more += require_package(app, requirement.name, requirement.range, use.file)
    more += add_env_example(app, use.file, EnvVar(name, "secret; never write its value here", None))
    return SecretRead(name, (*edits, *more), paths, at_import, f"{helper.module}.{helper.name}", helper.inserted)


def _helper(app: "App", use: SecretUse) -> _Helper:
    """The organisation's function, else the app's own, else the one that comes with the patch."""
    from transforms.edits import inserted_import

    if (binding := app.placement.bindings.get("secret")) is not None:
        return _Helper(binding.module, binding.name, binding.call)
    for symbol, function in sorted(app.functions.items()):
        last = symbol.rpartition(".")[2]
        required = [parameter for parameter in function.parameters if parameter.default is None]
        if last not in OWN_HELPERS or len(required) != 1 or function.is_async or function.file == use.file:
            continue
        module = app.module_of(symbol)
        plain = module is not None and symbol == f"{module}.{last}" and not app.files[function.file].inserted
        if module is not None and plain and python_role(function.file, b"") is FileRole.APP:
            return _Helper(module, last, last + "({name!r})")
    return _Helper(inserted_import(app, "secrets", use.file), "get_secret", "get_secret({name!r})", inserted=True)


def _imports(helper: _Helper) -> "tuple[ImportOf, ...]":
    from transforms.edits import ImportOf

    return (ImportOf(helper.module, helper.name),)


def _replaced(use: SecretUse, code: str, helper: _Helper, *more: tuple[str, str]) -> "list[Edit]":
    from transforms.edits import ImportOf, ReplaceExpression

    assert use.expression is not None
    imports = (*_imports(helper), *(ImportOf(module, name) for module, name in more))
    return [ReplaceExpression(use.file, use.expression, code, imports)]


def _filled(template: str, call: str) -> str:
    """An f-string with the question in the place of the secret, in the quotes that may stand there."""
    within, between = ("'", '"') if '"' in template[: template.index("{}")][:4] else ('"', "'")
    return template.replace("{}", "{" + call.replace(between, within) + "}")


def _constant_goes(
    use: SecretUse, uses: Iterable[NameUse], call: str, helper: _Helper
) -> "tuple[list[Edit], tuple[str, ...]]":
    from transforms.edits import RemoveStatement, ReplaceExpression

    assert use.constant is not None
    edits: list[Edit] = [ReplaceExpression(each.file, each.place, call, _imports(helper)) for each in uses]
    edits.append(RemoveStatement(use.file, use.constant))
    return edits, tuple(dict.fromkeys(each.file for each in uses))


def _uses_to_replace(app: "App", use: SecretUse) -> tuple[NameUse, ...]:
    """Every use of a constant, if all of them can ask for themselves; nothing if the constant has to stay."""
    if use.constant is None or use.template:
        return ()
    module = app.files[use.file].module
    symbol = f"{module}.{use.name}"
    uses = tuple(each for facts in app.files.values() for each in facts.name_uses if _means(app, each, symbol))
    if not all(each.deferred and python_role(each.file, b"") is FileRole.APP for each in uses):
        return ()
    return () if _is_taken_as_a_whole(app, module) else uses


def _means(app: "App", each: NameUse, symbol: str) -> bool:
    return each.reference.rpartition(".")[2] == symbol.rpartition(".")[2] and app.resolve(each.reference) == symbol


def _is_taken_as_a_whole(app: "App", module: str) -> bool:
    """Whether somebody reads a module's names without naming them: a star import, Django's or Flask's settings."""
    for facts in app.files.values():
        imports = dict(facts.imports)
        if "*" in imports and app.resolve(imports["*"]) in (module, imports["*"]) and _ends_alike(imports["*"], module):
            return True
        if any(each.reference == TAKEN for each in facts.name_uses):
            return True
    return False


def _ends_alike(reference: str, module: str) -> bool:
    return module == reference or module.endswith(f".{reference}")
