"""Literals in Python code that are secrets, or look like ones: read by name, text and role, never kept.

The file is looked at as bytes first (`transforms.secrets.glance`); handlers take part in the walk only if that found
something, and each asks its cheap question (what does this name say?) before any other. A fact says what was learned
from a literal; the literal itself leaves this module nowhere.
"""

from collections.abc import Callable, Mapping
from typing import Any

import libcst as cst

from transforms.frameworks.secret_accounts import Accounts
from transforms.frameworks.secret_askers import Askers, may_ask
from transforms.frameworks.secret_calls import Calls
from transforms.frameworks.secret_commands import Commands
from transforms.frameworks.secret_filled import Filled
from transforms.frameworks.secret_holders import Holders, may_use
from transforms.frameworks.secret_moves import read_secret
from transforms.frameworks.secret_naming import name_of
from transforms.frameworks.secret_queries import Queries
from transforms.frameworks.secret_reading import Reading
from transforms.frameworks.secret_statements import Statements
from transforms.frameworks.secret_tables import Tables
from transforms.frameworks.secret_typed import Typed
from transforms.frameworks.secret_uses import Taken, Uses, takes_settings
from transforms.imported import takes_all_of_others
from transforms.secrets.glance import glance, setting_names, speaks_of_secrets
from transforms.walk import Handlers, Walk

__all__ = ["NAME", "TOKENS", "matters", "name_of", "read", "read_secret", "wanted"]

NAME = "secret_literals"
TOKENS: tuple[bytes, ...] = (b"",)  # `matters` decides: a list of plain tokens would let every file in

_Handler = Callable[[Any], None]


def matters(content: bytes) -> bool:
    """Whether a file may hold a secret, or use one by name: decided on its bytes, before anything is parsed."""
    named = bool(setting_names(content)) or takes_settings(content) or takes_all_of_others(content)
    return named or glance(content).anything or may_ask(content) or may_use(content)


def wanted(content: bytes) -> Callable[[bytes], bool]:
    """Whether a function of this file may hold a secret, say what one is for, or use one by name."""
    return lambda function: speaks_of_secrets(function, content) or matters(function)


def read(walk: Walk) -> Handlers:
    """Handlers for every place where a literal can stand with a name, and, if need be, for each string and name."""
    found, names = glance(walk.content), setting_names(walk.content)
    handlers: dict[type[cst.CSTNode], list[_Handler]] = {}
    if found.anything:
        typed = Typed(walk) if found.typed else None
        reading = Reading(walk, typed)
        if typed is not None:
            _add(handlers, {cst.Assign: typed.assign})
            walk.at_end(reading.doors)
        variables, readers = reading.out.variables, reading.out.readers
        _add(handlers, {cst.Assign: variables.assign, cst.Expr: variables.expression})
        _add(handlers, {cst.AugAssign: variables.joined})
        _add(handlers, {cst.Assign: readers.assign})
        walk.at_end(reading.comments)  # what runs gives a secret its name, not what was said about it
        if found.texts:
            _add(handlers, _of_filled(Filled(reading)))
            statements = Statements(reading)
            _add(handlers, {cst.Module: statements.module, cst.Call: statements.call})
        _add(handlers, _of_literals(reading))
        accounts = Accounts(reading)
        _add(handlers, {cst.Module: accounts.module, cst.Call: accounts.call})
        _add(handlers, _of_tables(Tables(reading)))
        queries = Queries(reading)
        _add(handlers, {cst.Assign: queries.assign, cst.Call: queries.call})
        if found.texts:
            _add(handlers, _of_texts(reading))
    if names or found.anything:
        uses = Uses(walk, set(names))
        _add(handlers, {cst.Module: Holders(walk, names, uses.names).module})
        _add(handlers, _of_names(uses))
    if may_ask(walk.content):
        _add(handlers, {cst.FunctionDef: Askers(walk).function})
    if takes_settings(walk.content):
        _add(handlers, {cst.Call: Taken(walk).call})
    return {kind: _one_after_another(wanted) for kind, wanted in handlers.items()}


def _of_literals(reading: Reading) -> Mapping[type[cst.CSTNode], _Handler]:
    return {
        cst.Module: reading.body,
        cst.ClassDef: reading.class_body,
        cst.If: reading.condition,
        cst.Assign: reading.assign,
        cst.AnnAssign: reading.annotated,
        cst.NamedExpr: reading.walrus,
        cst.Match: reading.matched,
        cst.Return: reading.returned,
        cst.Dict: reading.dictionary,
        cst.Call: Calls(reading).call,
        cst.FunctionDef: reading.parameters,
        cst.Lambda: reading.parameters,
        cst.Comparison: reading.comparison,
        cst.BooleanOperation: reading.alternative,
    }


def _of_tables(tables: Tables) -> Mapping[type[cst.CSTNode], _Handler]:
    return {cst.Assign: tables.assign, cst.For: tables.loop}


def _of_filled(filled: Filled) -> Mapping[type[cst.CSTNode], _Handler]:
    return {cst.BinaryOperation: filled.operation, cst.Call: filled.call}


def _of_texts(reading: Reading) -> Mapping[type[cst.CSTNode], _Handler]:
    return {
        cst.Expr: reading.documentation,
        cst.List: Commands(reading).words,
        cst.SimpleString: reading.string,
        cst.ConcatenatedString: reading.string,
        cst.FormattedString: reading.formatted,
    }


def _of_names(uses: Uses) -> Mapping[type[cst.CSTNode], _Handler]:
    return {
        cst.Name: uses.name,
        cst.Attribute: uses.attribute,
        cst.Arg: uses.argument,
        cst.AssignTarget: uses.target,
        cst.AnnAssign: uses.target,
        cst.Param: uses.bound,
        cst.ImportAlias: uses.bound,
        cst.FunctionDef: uses.function,
        cst.If: uses.condition,
    }


def _add(table: dict[type[cst.CSTNode], list[_Handler]], more: Mapping[type[cst.CSTNode], _Handler]) -> None:
    for kind, handler in more.items():
        table.setdefault(kind, []).append(handler)


def _one_after_another(handlers: list[_Handler]) -> _Handler:
    if len(handlers) == 1:
        return handlers[0]

    def each(node: Any) -> None:
        for handler in handlers:
            handler(node)

    return each
