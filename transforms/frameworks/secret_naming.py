"""What a secret is called where it is kept: one name for one value, and another one for another value.

A name that says no more than `API_KEY` is not taken for that of somebody else: where a file that has nothing to do with
this one asks the environment for an `API_KEY`, nothing says that it is the same.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from transforms.concepts import Place
from transforms.concepts_secrets import SecretRole, SecretUse
from transforms.secrets import Issuer, kind
from transforms.secrets.files import FileRole, python_role
from transforms.secrets.names import GENERIC

if TYPE_CHECKING:
    from transforms.app import App

_NUMBER = re.compile(r"_\d+$")
_NO_WORD = re.compile(r"[^\w/]+", re.ASCII)


def name_of(app: "App", use: SecretUse) -> str:
    """What the secret is called where it is kept: one name for one value, and another one for another value.

    Where files call different values the same, the name of the file goes in front: one of the running app's, before
    that of a script which needs the value as well.
    """
    from transforms.edits import runs_by_hand

    if use.environment_name or (use.role is SecretRole.CONFIG_FILE and use.expression is not None):
        return use.environment_name or use.secret_name  # compose asks by the name that it hands on
    same = [] if use.placeholder else [each for each in _moved(app) if _has_value_of(app, each, use)]
    standing = {each: (runs_by_hand(app, each.file), each.file, each.place.line, each.place.column) for each in same}
    first = min(same, key=standing.__getitem__, default=use)
    if same and GENERIC.match(first.name) and (variable := _variable_of(app, first)) is not None:
        return variable
    called_alike = [each for each in _moved(app) if _base(each) == _base(first) and each.file != first.file]
    others = {each.file for each in called_alike if not _is_same(app, each, first)}
    others |= set(_asked_elsewhere(app, first)) - {first.file}
    return f"{_told_apart(first.file, others)}_{first.secret_name}" if others else first.secret_name


def _base(use: SecretUse) -> str:
    """The name without the number that tells the values of one file apart."""
    return _NUMBER.sub("", use.secret_name)


def _variable_of(app: "App", use: SecretUse) -> str | None:
    """The variable by which an image, a script or compose hands the same value on, and no other."""
    told = [each for each in app.secrets if each.role is SecretRole.CONFIG_FILE and each.name.isupper()]
    names = sorted({each.name for each in told if not each.test_only and _has_value_of(app, each, use)})
    alone = (name for name in names if all(_has_value_of(app, each, use) for each in told if each.name == name))
    return next(alone, None)


def _moved(app: "App") -> Iterator[SecretUse]:
    return (each for each in app.secrets if each.movable and not each.test_only)


def _standing(use: SecretUse) -> tuple[str, Place]:
    return use.file, use.place


def _has_value_of(app: "App", one: SecretUse, other: SecretUse) -> bool:
    number = app.values.get(_standing(one))
    return number is not None and number == app.values.get(_standing(other))


def _is_same(app: "App", one: SecretUse, other: SecretUse) -> bool:
    """Whether two places mean one secret: their values, or, where they are not known any more, their looks say so."""
    if (one.environment_name or other.environment_name) and (one.placeholder or other.placeholder):
        # one of them only stands in for what the variable would say
        return not _says_little(other) or _is_one_program(app, one.file, other.file)
    if _standing(one) in app.values and _standing(other) in app.values:
        return _has_value_of(app, one, other)
    return one.fingerprint == other.fingerprint


def _told_apart(path: str, others: Iterable[str]) -> str:
    """The name of a file, with as many of its folders as tell it from the others."""
    parts = _NO_WORD.sub("_", path.removesuffix(".py")).upper().split("/")
    known = [_NO_WORD.sub("_", each.removesuffix(".py")).upper().split("/") for each in others]
    least = next((n for n in range(1, len(parts)) if all(each[-n:] != parts[-n:] for each in known)), len(parts))
    return "_".join(parts[-least:]).strip("_")


def _says_little(use: SecretUse) -> bool:
    """Whether a name may be that of many things: an app has one signing key, and any number of API keys."""
    return GENERIC.match(use.secret_name) is not None and kind(use.kind).issuer is Issuer.VENDOR


def _asked_elsewhere(app: "App", use: SecretUse) -> Iterator[str]:
    """The files that ask for something by the same name, where that name says little."""
    if not _says_little(use):
        return
    for path, facts in app.files.items():
        if python_role(path, b"") is FileRole.APP:
            fields = (field for each in facts.settings_classes for field in each.fields)
            if use.secret_name in {each.name for each in facts.setting_rows} | {field.upper() for field in fields}:
                yield path


def _is_one_program(app: "App", one: str, other: str) -> bool:
    """Whether two files run together: one imports the other, or something imports both."""
    if one == other or app.reaches(one, other) or app.reaches(other, one):
        return True
    return not set(app.lookup.roots_of(one)).isdisjoint(app.lookup.roots_of(other))
