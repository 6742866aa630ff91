"""A policy file as YAML, checked once; an error names the line, and is never turned into a silent default."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.errors import PolicyError
from transforms.api import Control
from transforms.policy import DEFAULT_PATH, AcceptedRisk, Binding, ControlPolicy, Mode, Policy

MOST_CHARACTERS = 200_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Control(_Strict):
    enabled: bool = True
    options: dict[str, Any] = Field(default_factory=dict)


class _Risk(_Strict):
    control: str
    fingerprint: str = Field(pattern=r"^[0-9a-f]{16}$")
    reason: str = Field(min_length=3)
    owner: str = Field(min_length=1)
    expires: date | None = None


class _Binding(_Strict):
    module: str
    name: str
    call: str


class _File(_Strict):
    mode: Mode | None = None
    only_ai_generated: bool = False
    controls: dict[str, _Control] = Field(default_factory=dict)
    public_routes: list[str] = Field(default_factory=list)
    broker: str = "env"
    controls_package: str = Field(default="controls", pattern=r"^[a-z_][a-z0-9_]*$")
    bindings: dict[Literal["secret", "guard"], _Binding] = Field(default_factory=dict)
    accepted_risks: list[_Risk] = Field(default_factory=list)


def read_policy(text: str, name: str = DEFAULT_PATH, today: date | None = None) -> Policy:
    """The policy that a YAML text says; an accepted risk that ended before `today` is left out.

    Raises PolicyError with `name` and the line of the first mistake.
    """
    tree = _tree(text, name)
    try:
        checked = _File.model_validate(yaml.safe_load(text) or {})
    except ValidationError as error:
        raise _mistake(error, tree, name) from None
    _broker(checked.broker, tree, name)
    settings = {control_id: _settings(control_id, each, tree, name) for control_id, each in checked.controls.items()}
    for number, risk in enumerate(checked.accepted_risks):
        _known(risk.control, ("accepted_risks", number, "control"), tree, name)
    return _policy(checked, settings, today or date.today())


def load_policy(path: Path | None, root: Path) -> Policy:
    """The policy at `path`, else the one of the folder `root`, else the built-in one; raises PolicyError."""
    chosen = path or root / DEFAULT_PATH
    if not chosen.is_file():
        if path is not None:
            raise PolicyError(f"There is no policy file {path}.")
        return Policy()
    try:
        return read_policy(chosen.read_text(encoding="utf-8-sig"), str(chosen))
    except (OSError, UnicodeDecodeError):
        raise PolicyError(f"{chosen} cannot be read as UTF-8 text.") from None


def _tree(text: str, name: str) -> yaml.Node | None:
    """The YAML with its lines. Raises PolicyError for what is no YAML, and for a key that stands twice."""
    if len(text) > MOST_CHARACTERS:
        raise PolicyError(f"{name} is longer than {MOST_CHARACTERS:,} characters: this is no policy.")
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        twice = next(_doubled(tree), None)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "unreadable"
        raise PolicyError(f"{name}, line {line}: this is not YAML ({problem}).") from None
    except RecursionError:
        raise PolicyError(f"{name}, line 1: this is nested too deeply.") from None
    if twice is not None:
        raise PolicyError(f"{name}, line {twice.start_mark.line + 1}: {twice.value} stands here for the second time.")
    return tree


def _doubled(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """Keys that stand twice in one mapping: YAML would quietly take the last."""
    inner: list[yaml.Node] = []
    if isinstance(node, yaml.SequenceNode):
        inner = node.value
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield key
                seen.add(key.value)
            inner.append(value)
    for each in inner:
        yield from _doubled(each)


def _mistake(
    error: ValidationError, tree: yaml.Node | None, name: str, above: tuple[int | str, ...] = ()
) -> PolicyError:
    first = error.errors(include_url=False, include_input=False)[0]
    location = (*above, *first["loc"])
    where = ".".join(map(str, location)) or "the file"
    return PolicyError(f"{name}, line {_line(tree, location)}: {where}: {first['msg']}.")


def _broker(chosen: str, tree: yaml.Node | None, name: str) -> None:
    """Raises PolicyError for a broker that does not exist."""
    from transforms.brokers import brokers

    known = [broker.id for broker in brokers()]
    if chosen not in known:
        at = _line(tree, ("broker",))
        raise PolicyError(f"{name}, line {at}: there is no broker {chosen!r}; known: {', '.join(known)}.")


def _settings(control_id: str, given: _Control, tree: yaml.Node | None, name: str) -> ControlPolicy:
    """What the file says of one control."""
    control = _known(control_id, ("controls", control_id), tree, name)
    above = ("controls", control_id, "options")
    return ControlPolicy(given.enabled, _options(control, given.options, above, tree, name))


def _known(control_id: str, location: Sequence[int | str], tree: yaml.Node | None, name: str) -> Control:
    """The control that is meant; raises PolicyError for none: a typo must not switch a control off."""
    from transforms.controls import controls

    known = {control.id: control for control in controls()}
    if control_id not in known:
        at = _line(tree, location)
        raise PolicyError(f"{name}, line {at}: there is no control {control_id!r}; known: {', '.join(known)}.")
    return known[control_id]


def _options(
    control: Control, given: Mapping[str, Any], above: tuple[str, ...], tree: yaml.Node | None, name: str
) -> dict[str, Any]:
    """The options in the types that the control declares."""
    has = {field.name for field in dataclasses.fields(control.options)}
    for option in given:
        if option not in has:
            at = _line(tree, (*above, option))
            raise PolicyError(f"{name}, line {at}: {control.id} has no such option; see `tenon explain {control.id}`.")
    try:
        whole: Any = TypeAdapter(control.options).validate_python(dict(given))
    except ValidationError as error:
        raise _mistake(error, tree, name, above) from None
    return {option: getattr(whole, option) for option in given}


def _policy(checked: _File, settings: Mapping[str, ControlPolicy], today: date) -> Policy:
    risks = (AcceptedRisk(**risk.model_dump()) for risk in checked.accepted_risks)
    return Policy(
        mode=checked.mode,
        controls=settings,
        public_routes=tuple(checked.public_routes),
        broker=checked.broker,
        controls_package=checked.controls_package,
        bindings={name: Binding(each.module, each.name, each.call) for name, each in checked.bindings.items()},
        accepted_risks=tuple(risk for risk in risks if risk.expires is None or risk.expires >= today),
        only_ai_generated=checked.only_ai_generated,
    )


def _line(tree: yaml.Node | None, location: Sequence[int | str]) -> int:
    """The line of the deepest key or item on the way to `location` that the file has."""
    line, node = 1, tree
    for step in location:
        found = _child(node, step)
        if found is None:
            break
        line, node = found
    return line


def _child(node: yaml.Node | None, step: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line + 1, value) for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: yaml.Node = node.value[step]
        return item.start_mark.line + 1, item
    return None
