"""pydantic's settings: the class that an app's settings are read into, and the functions that give them out.

What one more field would look like is read off those that are there: their types, prefix and aliases.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_secrets import SettingsClass, SettingsGetter
from transforms.walk import Handlers, Walk, all_parameters, string_value

NAME = "pydantic_settings"
TOKENS = (b"BaseSettings",)

_BASES = frozenset(("pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings"))
_CONFIGS = frozenset(("model_config", "Config"))
_ALIASES = frozenset(("alias", "validation_alias", "env"))
_ELSEWHERE = frozenset(("settings_customise_sources", "customise_sources"))  # methods that say where values come from


def read(walk: Walk) -> Handlers:
    """Leave SettingsClass and SettingsGetter facts."""
    return {
        cst.ClassDef: lambda node: _class(walk, node),
        cst.FunctionDef: lambda node: _function(walk, node),
    }


@dataclass(slots=True)
class _Body:
    """What the body of a settings class says."""

    last: cst.AnnAssign | None = None
    names: list[str] = field(default_factory=list)
    required: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    defaults: set[str] = field(default_factory=set)  # what stands behind required fields, names left out
    switches: dict[str, cst.BaseExpression] = field(default_factory=dict)
    legible: bool = True


def _class(walk: Walk, node: cst.ClassDef) -> None:
    """A class of the module that inherits from BaseSettings and from nothing else."""
    bases = [walk.resolve(each.value) for each in node.bases]
    if walk.symbol != walk.module or len(bases) != 1 or bases[0] not in _BASES:
        return
    body = _Body(legible=not node.keywords)
    if not isinstance(node.body, cst.IndentedBlock):
        return
    for statement in node.body.body:
        _statement(walk, statement, body)
    if body.last is None:
        return
    symbol, path = f"{walk.module}.{node.name.value}", walk.path
    prefix, exact, default = _prefix(body), _is_true(body.switches.get("case_sensitive")), _default(body)

    def build(last: Place, end: Place) -> SettingsClass:
        return SettingsClass(
            symbol, last, end, tuple(body.names), tuple(body.required), tuple(body.texts), tuple(body.hidden),
            prefix if default is not None else None, exact, default or "", path,
        )  # fmt: skip

    walk.emit(build, body.last, node.body.body[-1])


def _statement(walk: Walk, statement: cst.BaseStatement, body: _Body) -> None:
    match statement:
        case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name)) as small]):
            if name in _CONFIGS:
                _config(small.value, body)
                return
            body.last = small
            body.names.append(name)
            _field(walk, name, small, body)
        case cst.SimpleStatementLine(
            body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)]
        ):
            if name in _CONFIGS:
                _config(value, body)
            body.names.append(name)
        case cst.ClassDef(name=cst.Name(value="Config"), body=cst.IndentedBlock(body=inner)):
            for each in inner:
                _switch(each, body)
        case cst.FunctionDef(name=cst.Name(value=name)):
            body.names.append(name)
            body.legible &= name not in _ELSEWHERE


def _field(walk: Walk, name: str, small: cst.AnnAssign, body: _Body) -> None:
    default = _required_as(small.value)
    if default is None:
        return
    body.required.append(name)
    annotation = (walk.resolve(small.annotation.annotation) or "").rpartition(".")[2]
    if annotation in ("str", "SecretStr"):
        (body.texts if annotation == "str" else body.hidden).append(name)
        body.defaults.add(default)


def _required_as(value: cst.BaseExpression | None) -> str | None:
    """What makes a field required: nothing at all (""), or a `Field` with a name; None where it is not."""
    if value is None:
        return ""
    match value:
        case cst.Ellipsis():
            return ""
        case cst.Call(func=cst.Name(value="Field"), args=args):
            return _by_field(args)
    return None


def _by_field(args: Sequence[cst.Arg]) -> str | None:
    said: list[str] = []
    for index, arg in enumerate(args):
        keyword = arg.keyword.value if arg.keyword is not None else ""
        if not keyword and index == 0 and isinstance(arg.value, cst.Ellipsis):
            said.append("...")
        elif keyword in _ALIASES and isinstance(arg.value, cst.SimpleString):
            said.append(f'{keyword}="{{name}}"')
        elif keyword not in ("description", "title", "min_length", "repr", "examples"):
            return None
    return f"Field({', '.join(said)})" if any("{name}" in each for each in said) else ""


def _config(value: cst.BaseExpression | None, body: _Body) -> None:
    """`model_config = SettingsConfigDict(...)` or a dict."""
    match value:
        case cst.Call(args=args):
            for arg in args:
                body.legible &= arg.keyword is not None
                if arg.keyword is not None:
                    body.switches[arg.keyword.value] = arg.value
        case cst.Dict(elements=elements):
            for element in elements:
                key = string_value(element.key) if isinstance(element, cst.DictElement) else None
                body.legible &= key is not None
                if key is not None:
                    body.switches[key] = element.value
        case _:
            body.legible = False


def _switch(statement: cst.BaseStatement, body: _Body) -> None:
    match statement:
        case cst.SimpleStatementLine(
            body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)]
        ):
            body.switches[name] = value
        case cst.FunctionDef() | cst.ClassDef():
            body.legible = False


def _prefix(body: _Body) -> str | None:
    written = body.switches.get("env_prefix")
    if not body.legible or not {"alias_generator", "fields"}.isdisjoint(body.switches):
        return None
    return string_value(written) if written is not None else ""


def _default(body: _Body) -> str | None:
    """What all required texts have in common behind their names; None where they differ."""
    if len(body.defaults) > 1:
        return None
    return next(iter(body.defaults), "")


def _is_true(value: cst.BaseExpression | None) -> bool:
    return value is not None and not (isinstance(value, cst.Name) and value.value == "False")


def _function(walk: Walk, node: cst.FunctionDef) -> None:
    """A function of the module that takes nothing and returns the settings it makes."""
    if walk.symbol != walk.module or node.asynchronous is not None or all_parameters(node):
        return
    made = [each for each in _statements(node) if not _is_text(each)]
    match made:
        case [cst.SimpleStatementLine(body=[cst.Return(value=cst.Call(func=func, args=[]))])]:
            reference = walk.resolve(func)
            if reference is not None:
                fact = SettingsGetter(f"{walk.module}.{node.name.value}", reference, walk.path)
                walk.emit(lambda: fact)


def _statements(node: cst.FunctionDef) -> Iterator[cst.CSTNode]:
    yield from node.body.body


def _is_text(statement: cst.CSTNode) -> bool:
    match statement:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString())]):
            return True
    return False
