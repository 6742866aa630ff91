"""A policy file as YAML, checked once; an error names the line, and is never turned into a silent default."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import PolicyError
from transforms.policy import AcceptedRisk, Binding, ControlPolicy, Mode, Policy

DEFAULT_PATH = ".github/tenon.yml"


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
    bindings: dict[str, _Binding] = Field(default_factory=dict)
    accepted_risks: list[_Risk] = Field(default_factory=list)


def read_policy(text: str, name: str = DEFAULT_PATH) -> Policy:
    """The policy that a YAML text says; raises PolicyError with `name` and the line of the first mistake."""
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "unreadable"
        raise PolicyError(f"{name}, line {line}: this is not YAML ({problem}).") from None
    try:
        checked = _File.model_validate(data or {})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise PolicyError(f"{name}, line {_line(tree, first['loc'])}: {where}: {first['msg']}.") from None
    return _known_controls_only(_policy(checked), tree, name)


def load_policy(path: Path | None, root: Path) -> Policy:
    """The policy at `path`, else the one of the folder `root`, else the built-in one; raises PolicyError."""
    chosen = path or root / DEFAULT_PATH
    if not chosen.is_file():
        if path is not None:
            raise PolicyError(f"There is no policy file {path}.")
        return Policy()
    return read_policy(chosen.read_text(encoding="utf-8"), str(chosen))


def _policy(checked: _File) -> Policy:
    return Policy(
        mode=checked.mode,
        controls={name: ControlPolicy(each.enabled, each.options) for name, each in checked.controls.items()},
        public_routes=tuple(checked.public_routes),
        broker=checked.broker,
        controls_package=checked.controls_package,
        bindings={name: Binding(each.module, each.name, each.call) for name, each in checked.bindings.items()},
        accepted_risks=tuple(AcceptedRisk(**risk.model_dump()) for risk in checked.accepted_risks),
        only_ai_generated=checked.only_ai_generated,
    )


def _known_controls_only(policy: Policy, tree: yaml.Node | None, name: str) -> Policy:
    """Raise PolicyError for a control or an option that does not exist: a typo must not switch a control off."""
    from transforms.controls import controls

    known = {control.id: control for control in controls()}
    for control_id, settings in policy.controls.items():
        if control_id not in known:
            line = _line(tree, ("controls", control_id))
            raise PolicyError(f"{name}, line {line}: there is no control {control_id!r}; known: {', '.join(known)}.")
        try:
            known[control_id].options(**settings.options)
        except TypeError:
            line = _line(tree, ("controls", control_id, "options"))
            sentence = f"{name}, line {line}: {control_id} has no such option; see `tenon explain {control_id}`."
            raise PolicyError(sentence) from None
    return policy


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
