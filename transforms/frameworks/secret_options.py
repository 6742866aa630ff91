"""Defaults of options: those of a command line, and of what a request brings.

A default of click or Typer may be a function, which is called when nothing was given. That of argparse becomes None,
and what was parsed is asked after: help then shows no secret, and whoever gives a value needs none.
"""

from dataclasses import dataclass

import libcst as cst

from transforms.frameworks.secret_values import called, text_of
from transforms.walk import Walk, descendants

TYPER = frozenset(("typer.Option", "typer.Argument"))
FASTAPI = frozenset(f"fastapi.{each}" for each in ("Form", "Query", "Header", "Body", "Cookie"))
_WITH_VARIABLE = frozenset(("click.option", *TYPER))
_KNOWN = frozenset(("default", "dest", "help", "metavar", "type", "required"))


@dataclass(frozen=True, slots=True)
class Option:
    """An option of argparse whose value can be asked for once the command line was parsed."""

    attribute: str  # "args.password"
    parsed: cst.Assign


def own_default(walk: Walk, value: cst.BaseExpression, calls: frozenset[str]) -> cst.BaseExpression | None:
    """The default that a call like `Form("...")` is given, if it is one of these."""
    if not isinstance(value, cst.Call) or walk.resolve(value.func) not in calls:
        return None
    for index, arg in enumerate(value.args):
        if (arg.keyword is None and index == 0 and not arg.star) or (arg.keyword and arg.keyword.value == "default"):
            return arg.value
    return None


def own_variable(walk: Walk, value: cst.CSTNode) -> str | None:
    """The variable that an option takes its value from where nothing is given: `Option(envvar="SHOP_PASSWORD")`."""
    for call in descendants(value, cst.Call):
        if walk.resolve(call.func) in _WITH_VARIABLE:
            found = (
                text_of(arg.value) for arg in call.args if arg.keyword is not None and arg.keyword.value == "envvar"
            )
            return next(found, None)
    return None


def argparse_option(walk: Walk, call: cst.Call) -> Option | None:
    """The option that `parser.add_argument("--password", default="...")` makes, where it is plain and parsed once."""
    if not isinstance(call.func, cst.Attribute) or not isinstance(call.func.value, cst.Name):
        return None
    given = {arg.keyword.value: arg.value for arg in call.args if arg.keyword is not None}
    kind = given.get("type")
    flags = [text_of(arg.value) or "" for arg in call.args if arg.keyword is None]
    long = [each for each in flags if each.startswith("--")]
    if not given.keys() <= _KNOWN or not long or (kind is not None and walk.resolve(kind) != "str"):
        return None
    name = text_of(given["dest"]) if "dest" in given else long[0].lstrip("-").replace("-", "_")
    scope = walk.function.node if walk.function is not None else walk.tree
    parser = call.func.value.value
    parsed = [each for each in descendants(scope, cst.Assign) if _parses(each, parser)]
    if name is None or not name.isidentifier() or len(parsed) != 1:
        return None
    (statement,) = parsed
    match statement:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=holder))]):
            return Option(f"{holder}.{name}", statement)
    return None


def _parses(node: cst.CSTNode, parser: str) -> bool:
    match node:
        case cst.Assign(value=cst.Call(func=cst.Attribute(value=cst.Name(value=owner))) as call):
            return owner == parser and called(call) == "parse_args"
    return False
