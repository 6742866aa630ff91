"""Alembic's `env.py`: where it takes its configuration, and whether it sets the database's address itself."""

import libcst as cst

from transforms.concepts import Place, Setting
from transforms.walk import Handlers, Walk, string_value

NAME = "alembic"
TOKENS = (b"alembic",)
CONFIG = "alembic_config"  # its value is the name that holds it
URL = "alembic_url"  # env.py sets the address, whatever `alembic.ini` says


def read(walk: Walk) -> Handlers:
    """Leave Setting facts."""
    return {cst.Module: lambda node: _module(walk, node)}


def _module(walk: Walk, node: cst.Module) -> None:
    walk.at_end(lambda: _statements(walk, node))


def _statements(walk: Walk, module: cst.Module) -> None:
    for statement in module.body:
        match statement:
            case cst.SimpleStatementLine(
                body=[
                    cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=cst.Attribute() as value)
                ]
            ) if walk.resolve(value) == "alembic.context.config":
                _leave(walk, CONFIG, name, statement)
            case cst.SimpleStatementLine(
                body=[
                    cst.Expr(
                        value=cst.Call(func=cst.Attribute(attr=cst.Name(value="set_main_option")), args=[first, _])
                    )
                ]
            ) if string_value(first.value) == "sqlalchemy.url":
                _leave(walk, URL, "", statement)


def _leave(walk: Walk, name: str, value: str, node: cst.CSTNode) -> None:
    module, path = walk.module, walk.path

    def build(place: Place) -> Setting:
        return Setting(name, value, place, module, path)

    walk.emit(build, node)
