"""Where a file loads its settings one by one, each under its own name, and stops where one is missing.

`X = os.environ["X"]`, `X = config("X")`, `app.config["X"] = require("X")`: one more setting is one more such row.
"""

import re

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_secrets import SettingRow
from transforms.secrets.glance import setting_names
from transforms.walk import Handlers, Walk, dotted_name, string_value

NAME = "setting_rows"
TOKENS: tuple[bytes, ...] = (b"",)  # `matters` decides

_ROW = re.compile(
    rb"^[ \t]*(?:\w+\.config\[[\"'])?([A-Z][A-Z0-9_]*)(?:[\"']\])?[ \t]*(?::[ \t]*str[ \t]*)?"
    rb"=[ \t]*[\w.]+[\[(][\"']\1[\"'][\])]",
    re.MULTILINE,
)
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")


def matters(content: bytes) -> bool:
    """Whether a file may have such a row, among those that name a secret."""
    return bool(setting_names(content)) and _ROW.search(content) is not None


def read(walk: Walk) -> Handlers:
    """Leave SettingRow facts."""
    return {cst.Assign: lambda node: _assign(walk, node), cst.AnnAssign: lambda node: _annotated(walk, node)}


def _assign(walk: Walk, node: cst.Assign) -> None:
    if len(node.targets) == 1:
        _row(walk, node, node.targets[0].target, node.value)


def _annotated(walk: Walk, node: cst.AnnAssign) -> None:
    if node.value is not None and dotted_name(node.annotation.annotation) == "str":
        _row(walk, node, node.target, node.value)


def _row(walk: Walk, node: cst.Assign | cst.AnnAssign, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
    asked = _asked(walk, value)
    if asked is None:
        return
    reference, name = asked
    owner, in_config = _owner(walk, target, name)
    code = walk.code(node)
    if not owner or code.count(name) != 2 or "{" in code or "\n" in code:
        return
    path, template = walk.path, code.replace(name, "{name}")

    def build(place: Place) -> SettingRow:
        return SettingRow(owner, name, reference, template, place, in_config, path)

    walk.emit(build, node)


def _asked(walk: Walk, value: cst.BaseExpression) -> tuple[str, str] | None:
    """What is asked for a name, and the name."""
    match value:
        case cst.Subscript(value=asked, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            reference = walk.resolve(asked)
            if reference != "os.environ":
                return None
        case cst.Call(func=asked, args=[cst.Arg(keyword=None, star="", value=key)]):
            reference = walk.resolve(asked)
        case _:
            return None
    name = string_value(key)
    return (reference, name) if reference and name and _NAME.fullmatch(name) else None


def _owner(walk: Walk, target: cst.BaseExpression, name: str) -> tuple[str, bool]:
    """The symbol of what gets the setting, and whether that is the `config` of an app; "" for anything else."""
    match target:
        case cst.Name(value=bound) if bound == name and walk.function is None:
            return walk.symbol, False
        case cst.Subscript(
            value=cst.Attribute(value=app, attr=cst.Name(value="config")),
            slice=[cst.SubscriptElement(slice=cst.Index(value=key))],
        ) if string_value(key) == name:
            return walk.resolve(app) or "", True
    return "", False
