"""The edits by which a literal secret becomes a question to where secrets are kept.

The scheme, the first that fits:

0. The app's own settings object, where it has one (`secret_settings`): in whatever way below, it is what is asked.
   What a reader of settings gives (`secret_readers`) stays where it is, and the reader is asked without a default.
1. A module-level constant that is used inside functions alone (of whatever file): each use asks, and the constant goes.
   A use in the call that makes a client of the module counts, if a cached function can make that client later.
2. The default of a settings field: it goes, and the class stops without a value; or, where its variable is not known or
   secrets come over a network, a default factory asks after the settings' own sources were looked at. Where the
   settings are made on import and secrets come over a network, the field becomes a property instead.
3. `SECRET_KEY` and the like in Django's settings: the question is asked when Django first looks at the setting.
4. What a statement sets a variable of that name to, where secrets are kept in the environment: the statement goes.
5. A literal in a function: it is replaced where it stands, and so is a lookup that would fall back to it.
6. A literal in the call that makes a client of the module: a function makes the client when it is needed, and keeps it
   as long as the secret has the same value.
7. Anything else is evaluated when the module is imported. It is replaced where it stands only if secrets are read from
   the environment: a patch never turns an import of the app into a network call.

A comparison, a parameter's default, documentation and files that are not Python are not moved: there the literal itself
is wrong, and a person has to say what shall be.
"""

import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from transforms.brokers import broker
from transforms.concepts import Place
from transforms.concepts_secrets import ASKED, Holder, NameUse, SecretUse
from transforms.frameworks.secret_asking import Helper, helper_for
from transforms.frameworks.secret_holders import Key, deferred, holder_around, is_within
from transforms.frameworks.secret_naming import name_of
from transforms.frameworks.secret_settings import OwnSetting, can_ask, own_settings, required_variable
from transforms.frameworks.secret_taken import is_django, is_taken_as_a_whole
from transforms.secrets.files import FileRole, python_role

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.edit_kinds import Edit, ImportOf

_NAME = re.compile(r"[A-Za-z_][\w./-]{0,120}", re.ASCII)
DJANGO_LOOKS_LATE = ("SECRET_KEY", "EMAIL_HOST_PASSWORD")  # settings that Django reads when it needs them


@dataclass(frozen=True, slots=True)
class SecretRead:
    """A literal as a question: what it is called there, and the edits that ask."""

    name: str
    edits: "tuple[Edit, ...]"
    paths: tuple[str, ...]  # the files that ask
    at_import: bool  # the question is asked when the module is imported
    helper: str  # reference of the function that is asked; "" for the environment itself
    inserted: bool  # that function comes with the patch
    loaded_first: bool = False  # by what runs the tests, before any set-up of theirs
    asked_in: str = ""  # the file that asks, where that is not the secret's own
    needed_by_tests: bool = False  # tests that make the app's settings need a value
    handed_on_by: tuple[str, ...] = ()  # the compose files that ask for it
    filled_otherwise: tuple[str, ...] = ()  # the services of compose that a person has to give something
    lacks: tuple[str, ...] = ()  # and what: names of variables
    given: bool = False  # nothing asks: what needs the variable reads it
    field_of: str = ""  # "Settings.key": the field of the file's settings that has no default any more


def read_secret(app: "App", use: SecretUse, name: str = "") -> SecretRead | None:
    """The edits that make the app ask for this secret, by this name if it has one; None when no safe edit is known."""
    if not use.movable or use.test_only or use.expression is None:
        return None
    helper, name = helper_for(app, use), name or name_of(app, use)
    if _NAME.fullmatch(name) is None:
        return None  # it will stand in commands that a person copies
    if (required := _required_field(app, use, helper)) is not None:
        return required
    if (given := _given_anyway(app, use, name, helper)) is not None:
        return given
    for each in own_settings(app, use, name, helper):
        if (own := _by_settings(app, use, each, helper)) is not None:
            return own
    way = _way(app, use, helper.call.format(name=name), helper)
    if way is None or (way.at_import and broker(app.placement.broker).over_network):
        return None
    return _asked(app, use, name, way, helper)


def question(app: "App", use: SecretUse, name: str) -> "tuple[str, tuple[ImportOf, ...], tuple[Edit, ...]]":
    """What the file of a secret would ask by that name: the call, its imports, and what has to come with them."""
    helper = helper_for(app, use)
    said = _asked(app, use, name, _Way((), (use.file,)), helper)
    return helper.call.format(name=name), helper.imports, said.edits


@dataclass(frozen=True, slots=True)
class _Way:
    """The edits of one way to ask, and the files that ask."""

    edits: "tuple[Edit, ...]"
    paths: tuple[str, ...]
    at_import: bool = False


def _way(app: "App", use: SecretUse, call: str, helper: Helper) -> _Way | None:
    return (
        _default_asks(use, call, helper)
        or _option_asks(use, call, helper)
        or _constant_goes(app, use, call, helper)
        or _field_asks(app, use, call, helper)
        or _django_asks(app, use, call, helper)
        or _client_waits(app, use, call, helper)
        or _in_place(app, use, call, helper)
    )


def _in_place(app: "App", use: SecretUse, call: str, helper: Helper) -> _Way | None:
    """A question where the literal stands; None where other secrets stand there that cannot all be asked for."""
    beside = [each for each in app.files[use.file].secrets if each.around and each.expression == use.expression]
    if use.around.count(ASKED) < 2:
        return _Way(tuple(_replaced(use, _code(use, call), helper)), (use.file,), use.at_import)
    if len(beside) != use.around.count(ASKED):
        return None
    code = use.around  # all of their patches ask for the same edit
    for each in sorted(beside, key=lambda each: (each.place.line, each.place.column)):
        asked = call if each is use else helper_for(app, each).call.format(name=name_of(app, each))
        code = code.replace(ASKED, asked, 1)
    return _Way(tuple(_replaced(use, code, helper)), (use.file,), use.at_import)


def _by_settings(app: "App", use: SecretUse, own: OwnSetting, helper: Helper) -> SecretRead | None:
    """The app's own settings are asked, if every place that needs the secret can ask them."""
    asked = Helper(own.module, own.name, own.call, environment=helper.environment)
    way = (
        _default_asks(use, own.call, asked)
        or _option_asks(use, own.call, asked)
        or _constant_goes(app, use, own.call, asked)
        or _client_waits(app, use, own.call, asked)
        or _Way(tuple(_replaced(use, _code(use, own.call), asked)), (use.file,), use.at_import)
    )
    if _shares_a_client(app, use) or use.around.count(ASKED) > 1:
        return None  # all secrets of a client are asked for in the same way
    if own.only_in and (use.constant is not None or use.at_import):
        return None
    if (way.at_import and not own.made_on_import) or not all(can_ask(app, own, _late(use, way), p) for p in way.paths):
        return None
    if way.at_import and own.by_helper and broker(app.placement.broker).over_network:
        return None
    looked_up = (own.file,) if own.early else way.paths
    said = _asked(app, use, own.variable, way, helper if own.by_helper else asked, looked_up)
    said = replace(said, helper=_reference(own))
    return replace(
        said,
        edits=(*own.edits, *said.edits),
        paths=(own.file,) if own.by_helper else way.paths,
        inserted=own.by_helper and helper.inserted,
        at_import=own.early and own.made_on_import,
        loaded_first=own.loaded_first,
        asked_in=own.file,
        needed_by_tests=own.early and not own.loaded_first,
    )


def _required_field(app: "App", use: SecretUse, helper: Helper) -> SecretRead | None:
    """A field of the settings that has no default any more: where the environment is asked, its class does so."""
    from transforms.edit_kinds import LeaveUnassigned

    variable = required_variable(app, use) if helper.environment and not use.around and not use.template else None
    if variable is None or use.field_place is None or broker(app.placement.broker).over_network:
        return None
    way = _Way((LeaveUnassigned(use.file, use.field_place),), (use.file,), _is_made_on_import(app, use))
    own = Helper("", "", "", environment=True)
    field = f"{use.symbol.rpartition('.')[2]}.{use.name}"
    return replace(_asked(app, use, variable, way, own), needed_by_tests=True, field_of=field)


def _given_anyway(app: "App", use: SecretUse, name: str, helper: Helper) -> SecretRead | None:
    """What sets a variable goes: where the environment is asked, it would ask for what it sets."""
    network = broker(app.placement.broker).over_network
    if use.environment_name != name or network or not helper.environment or helper.here:
        return None
    edit = _no_longer_set(app, use)
    if edit is None:
        return None
    way = _Way((edit,), (use.file,), use.at_import)
    return replace(_asked(app, use, name, way, Helper("", "", "", environment=True)), given=True)


def _no_longer_set(app: "App", use: SecretUse) -> "Edit | None":
    """The statement goes, or of several variables those that are secrets: all of their patches ask for that."""
    from transforms.edit_kinds import RemoveArguments, RemoveStatement

    several = use.set_with
    if several is not None:
        beside = (each for each in app.files[use.file].secrets if each.set_with == several)
        going = {each.environment_name or "" for each in beside if each.movable and not each.test_only}
        if not going.issuperset(several.names):
            return RemoveArguments(use.file, several.place, tuple(sorted(going)))
    return RemoveStatement(use.file, use.sets) if use.sets is not None else None


def _shares_a_client(app: "App", use: SecretUse) -> bool:
    """Whether a client is made with this secret and with another one."""
    holders = (holder for facts in app.files.values() for holder in facts.holders)
    return any(
        len(found) > 1 and any(each is use for each, _ in found)
        for found in (_secrets_in(app, holder) for holder in holders)
    )


def _reference(own: OwnSetting) -> str:
    return f"{own.module}.{own.name}" if own.module else own.call.partition(".")[0]


def _late(use: SecretUse, way: _Way) -> SecretUse:
    """The use, as early as what stands in its place."""
    return replace(use, at_import=way.at_import)


def _code(use: SecretUse, call: str) -> str:
    if use.around:
        return use.around.replace(ASKED, call)
    return _filled(use.template, call) if use.template else call


def _default_asks(use: SecretUse, call: str, helper: Helper) -> _Way | None:
    """The default of a parameter becomes None, and its function begins by asking where nothing was given."""
    from transforms.edit_kinds import ImportOf, InsertStatements, Position, ReplaceExpression, SetDefault

    given = use.default_of
    if given is None:
        return None
    asks = f"if {given.name} is None:\n    {given.name} = {_code(use, call)}"
    assert use.expression is not None
    none = SetDefault(use.file, given.parameter, "None")
    edits: list[Edit] = [
        ReplaceExpression(use.file, use.expression, "None") if given.inside else none,
        InsertStatements(use.file, given.function, Position.BODY_START, asks, helper.imports),
    ]
    if given.annotation is not None:
        optional = (ImportOf("typing", "Optional"),) if given.widened.startswith("Optional") else ()
        edits.append(ReplaceExpression(use.file, given.annotation, given.widened, optional))
    return _Way(tuple(edits), (use.file,))


def _option_asks(use: SecretUse, call: str, helper: Helper) -> _Way | None:
    """The default of an option of argparse becomes None, and what was parsed is asked after where nothing was given."""
    from transforms.edit_kinds import InsertStatements, Position, ReplaceExpression

    given = use.option
    if given is None or use.expression is None:
        return None
    asks = f"if {given.attribute} is None:\n    {given.attribute} = {_code(use, call)}"
    edits = (
        ReplaceExpression(use.file, use.expression, "None"),
        InsertStatements(use.file, given.parsed, Position.AFTER, asks, helper.imports),
    )
    return _Way(edits, (use.file,), use.at_import)


def _field_asks(app: "App", use: SecretUse, call: str, helper: Helper) -> _Way | None:
    """A field of settings asks when the settings are made, or, where that would be too early, when it is looked at."""
    from transforms.edit_kinds import ReplaceExpression, ReturnInstead

    if not use.settings_field and not use.dataclass_field:
        return None
    early = _is_made_on_import(app, use)
    if early and use.accessor and use.field_place and use.expression and broker(app.placement.broker).over_network:
        head = ReturnInstead(use.file, use.field_place, use.accessor)
        asks = ReplaceExpression(use.file, use.expression, call, helper.imports)
        return _Way((head, asks), (use.file,))
    maker = ("pydantic", "Field") if use.settings_field else ("dataclasses", "field")
    if use.around:
        edits = _replaced(use, _code(use, call), helper)
    else:
        edits = _replaced(use, f"{maker[1]}(default_factory=lambda: {call})", helper, maker)
    return _Way(tuple(edits), (use.file,), early)


def _is_made_on_import(app: "App", use: SecretUse) -> bool:
    """Whether some module keeps an object of the class that the field belongs to."""
    held = ((each.reference, facts.path) for facts in app.files.values() for each in facts.instances)
    return any(
        reference.endswith("()") and app.resolve(reference.removesuffix("()"), path) == use.symbol
        for reference, path in held
    )


def _django_asks(app: "App", use: SecretUse, call: str, helper: Helper) -> _Way | None:
    """A setting that Django looks at when it needs it, and that nothing else in the settings is made of."""
    module = app.files[use.file].module
    if use.name not in DJANGO_LOOKS_LATE or use.constant is None or use.template or not is_django(app, module):
        return None
    if any(not each.deferred for each in _uses_of(app, f"{module}.{use.name}")):
        return None
    asked_for = f"django.conf.settings.{use.name}"
    if any(each.reference == asked_for for facts in app.files.values() for each in facts.name_uses):
        return None  # who knows whether a text that is not there yet is good enough for that
    lazy = ("django.utils.functional", "SimpleLazyObject")
    edits = _replaced(use, f"SimpleLazyObject(lambda: {call})", helper, lazy)
    return _Way(tuple(edits), (use.file,))


def _client_waits(app: "App", use: SecretUse, call: str, helper: Helper) -> _Way | None:
    """A client that a module makes on import is made when it is first needed."""
    if not use.at_import or use.expression is None:
        return None
    holder = holder_around(app, use.file, use.expression)
    edits = deferred(app, holder, _keys(app, holder, use, call, helper)) if holder is not None else None
    return _Way(tuple(edits), (use.file,)) if edits is not None else None


def _keys(app: "App", holder: Holder, use: SecretUse, call: str, helper: Helper) -> list[Key]:
    """The secrets in the call that makes a client. Each of their patches asks for the same edits there."""
    keys = []
    for each, places in _secrets_in(app, holder):
        theirs = helper if each is use else helper_for(app, each)
        asked = call if each is use else theirs.call.format(name=name_of(app, each))
        keys.append(Key(_parameter(app, each), asked, theirs.imports, places))
    return keys


def _parameter(app: "App", use: SecretUse) -> str:
    name = name_of(app, use).lower()
    return name if name.isidentifier() and not keyword.iskeyword(name) else "key"


_Places = tuple[tuple[Place, str], ...]


def _secrets_in(app: "App", holder: Holder) -> list[tuple[SecretUse, _Places]]:
    """The secrets in the call that makes a client: literals, and constants that go. With what stands there instead."""
    found: list[tuple[SecretUse, _Places]] = []
    named = [each for each in app.files[holder.file].name_uses if is_within(each.place, holder.place)]
    for use in app.secrets:
        if not use.movable or use.test_only or use.expression is None:
            continue
        if use.file == holder.file and use.at_import and is_within(use.expression, holder.place):
            found.append((use, ((use.expression, _in_gap(use)),)))
        elif use.constant is not None and not use.template and not helper_for(app, use).here:
            symbol = f"{app.files[use.file].module}.{use.name}"
            inside = [each for each in named if _means(app, each, symbol)]
            if inside:
                found.append((use, tuple((each.place, _in_gap(use)) for each in inside)))
    return found


def _in_gap(use: SecretUse) -> str:
    """The code where the secret stands, with {} for the parameter that brings it."""
    if use.around:
        return use.around.replace(ASKED, "{}")
    return use.template.replace("{}", "{{}}") if use.template else "{}"


def _asked(
    app: "App", use: SecretUse, name: str, way: _Way, helper: Helper, looked_up: tuple[str, ...] = ()
) -> SecretRead:
    """What has to come with the edits; `looked_up` are the files that need the variable, if others than those ask."""
    from transforms.edit_kinds import HandOn
    from transforms.edits import (
        add_env_example,
        add_inserted_module,
        hand_on,
        hand_on_broker,
        require_package,
        services_to_fill,
    )
    from transforms.inserted import BACKEND_REQUIREMENTS, SECRETS_ENV, EnvVar

    more: list[Edit] = []
    if helper.inserted:
        more += add_inserted_module(app, "secrets", None, use.file)
        known = {each.name for each in SECRETS_ENV}
        settings = [each for each in broker(app.placement.broker).settings if each.name not in known]
        if settings:
            named = (EnvVar(each.name, each.meaning, None) for each in settings)
            more += add_env_example(app, use.file, *named)
        for requirement in BACKEND_REQUIREMENTS.get(app.placement.broker, ()):
            more += require_package(app, requirement.name, requirement.range, use.file)
    more += add_env_example(app, use.file, EnvVar(name, "secret; never write its value here", None))
    kept, paths = broker(app.placement.broker), looked_up or way.paths
    by_environment = helper.environment and not kept.over_network
    handed = hand_on(app, paths, name) if by_environment else ()
    lacks: tuple[str, ...] = (name,)
    needed = name
    if helper.inserted and kept.over_network:
        handed = hand_on_broker(app, paths)
        lacks, needed = tuple(each for each, value in kept.handed() if value != ""), "SECRETS_BACKEND"
    otherwise = services_to_fill(app, paths, needed) if by_environment or helper.inserted else ()
    asked = f"{helper.module}.{helper.name}" if helper.name else ""
    first = is_django(app, app.files[use.file].module)
    by = tuple(dict.fromkeys(each.path for each in handed if isinstance(each, HandOn)))
    edits = (*way.edits, *more, *handed)
    said = SecretRead(name, edits, way.paths, way.at_import, asked, helper.inserted, first, handed_on_by=by)
    return replace(said, filled_otherwise=otherwise, lacks=lacks if otherwise else ())


def _replaced(use: SecretUse, code: str, helper: Helper, *more: tuple[str, str]) -> "list[Edit]":
    from transforms.edit_kinds import ImportOf, ReplaceExpression

    assert use.expression is not None
    imports = (*helper.imports, *(ImportOf(module, name) for module, name in more))
    return [ReplaceExpression(use.file, use.expression, code, imports)]


def _filled(template: str, call: str) -> str:
    """An f-string with the question in the place of the secret, in the quotes that may stand there."""
    within, between = ("'", '"') if '"' in template[: template.index("{}")][:4] else ('"', "'")
    return template.replace("{}", "{" + call.replace(between, within) + "}")


def _constant_goes(app: "App", use: SecretUse, call: str, helper: Helper) -> _Way | None:
    """Every use of a constant asks for itself, and the constant goes; None if the constant has to stay."""
    from transforms.edit_kinds import RemoveStatement, ReplaceExpression

    if use.constant is None or use.template or helper.here:
        return None
    call, module = _code(use, call), app.files[use.file].module
    uses = _uses_of(app, f"{module}.{use.name}")
    waiting = _waiting_clients(app, use, uses, call, helper)
    if not uses or waiting is None or is_taken_as_a_whole(app, module):
        return None
    if not all(python_role(each.file, b"") is FileRole.APP for each in uses):
        return None
    here = [each for each in uses if each.deferred]
    edits: list[Edit] = [ReplaceExpression(each.file, each.place, call, helper.imports) for each in here]
    edits += [RemoveStatement(use.file, use.constant), *waiting]
    return _Way(tuple(edits), tuple(dict.fromkeys(each.file for each in uses)))


def _uses_of(app: "App", symbol: str) -> tuple[NameUse, ...]:
    return tuple(each for facts in app.files.values() for each in facts.name_uses if _means(app, each, symbol))


def _waiting_clients(
    app: "App", use: SecretUse, uses: Iterable[NameUse], call: str, helper: Helper
) -> "list[Edit] | None":
    """What lets each client wait that is made on import with one of these uses; None if something cannot wait."""
    edits: list[Edit] = []
    for each in uses:
        if each.deferred:
            continue
        holder = holder_around(app, each.file, each.place)
        if holder is None or (found := deferred(app, holder, _keys(app, holder, use, call, helper))) is None:
            return None
        edits += found
    return edits


def _means(app: "App", each: NameUse, symbol: str) -> bool:
    return each.reference.rpartition(".")[2] == symbol.rpartition(".")[2] and app.resolve(each.reference) == symbol
