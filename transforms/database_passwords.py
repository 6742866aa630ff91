"""The password of a database that a compose file starts, and that the app's code has as well: one secret, one name.

The two have to stay the same. So code that connects with a password which a compose file gives to its database asks by
the variable of that file, and where it stands in an address, the password alone is asked for. Values are compared here,
as they stand in the sources, and never kept.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from transforms.concepts import Place
from transforms.concepts_secrets import SecretRole, SecretUse
from transforms.facts import Facts
from transforms.gate_secrets import text_of_place, values_in
from transforms.secrets.addresses import passwords_in

_ALONE, _ADDRESS = "database-password", "database-url"  # kinds of secrets


def by_one_name(facts: Iterable[Facts], files: Mapping[str, bytes]) -> Iterator[Facts]:
    """The same facts, in which code calls such a password as compose does."""
    known = tuple(facts)
    names = _given_by_compose(known, files)
    for each in known:
        if names and each.path.endswith(".py") and any(use.kind in (_ALONE, _ADDRESS) for use in each.secrets):
            yield replace(each, secrets=tuple(_named(each, files[each.path], names)))
        else:
            yield each


def _given_by_compose(known: Iterable[Facts], files: Mapping[str, bytes]) -> dict[str, str]:
    """The variable by password, where one password has one."""
    found: dict[str, set[str]] = {}
    for each in known:
        for use, value in values_in(each, files[each.path]) if each.services and each.secrets else ():
            if use.kind == _ALONE and use.expression is not None and not use.test_only:
                found.setdefault(value, set()).add(use.environment_name or use.secret_name)
    return {value: next(iter(names)) for value, names in found.items() if len(names) == 1}


def _named(facts: Facts, content: bytes, names: Mapping[str, str]) -> Iterator[SecretUse]:
    for use, value in values_in(facts, content):
        plain = not (use.environment_name or use.settings_field or use.dataclass_field or use.default_of)
        if not use.movable or use.test_only or not plain:
            yield use
        elif use.kind == _ALONE:
            yield replace(use, environment_name=names[value]) if value in names else use
        else:
            yield _in_address(use, value, text_of_place(content, use.place), names)


def _in_address(use: SecretUse, value: str, raw: str, names: Mapping[str, str]) -> SecretUse:
    """The use of an address as that of the password in it."""
    found = list(passwords_in(value)) if use.kind == _ADDRESS and use.role is SecretRole.IN_URL else []
    if len(found) != 1 or found[0].password not in names or use.around or use.template:
        return use
    password = found[0].password
    if raw[:1] not in ('"', "'") or "\n" in raw or any(each in raw for each in "{}\\") or raw.count(password) != 1:
        return use
    column = use.place.column + raw.index(password)
    place = Place(use.place.line, column, use.place.line, column + len(password))
    template = "f" + raw.replace(password, "{}")
    return replace(
        use, kind=_ALONE, place=place, template=template, scheme="", environment_name=names[password], constant=None
    )
