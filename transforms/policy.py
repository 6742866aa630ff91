"""What an organisation may tune, typed: which control, how strict, with which options; risks it accepted.

This module holds the values only. Reading YAML, inheritance and error messages with line numbers belong to `bot`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

DEFAULT_PATH = ".github/tenon.yml"  # where a repository keeps its policy
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Mode(StrEnum):
    """How far Tenon goes: each mode includes the ones before it."""

    MONITOR = "monitor"  # report in a neutral check
    SUGGEST = "suggest"  # and comment with patches to apply
    PATCH = "patch"  # and open the follow-up pull request
    ENFORCE = "enforce"  # and fail the check


@dataclass(frozen=True, slots=True)
class ControlPolicy:
    """One control's settings. `options` are fields of that control's Options."""

    enabled: bool = True
    options: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class AcceptedRisk:
    """A finding somebody answers for. It is matched by control and fingerprint, and ends on `expires`."""

    control: str
    fingerprint: str
    reason: str
    owner: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """An organisation's own function, used instead of an inserted module."""

    module: str  # `from module import name`
    name: str
    call: str  # e.g. "get_secret({name!r})"; for guards the bare name


@dataclass(frozen=True, slots=True)
class Policy:
    """The effective policy of one repository."""

    mode: Mode | None = None  # None: the origin of the code decides (see bot.origin)
    controls: Mapping[str, ControlPolicy] = field(default_factory=lambda: NOTHING)
    public_routes: tuple[str, ...] = ()  # "GET /path/*" or "/path/*"
    broker: str = "env"
    controls_package: str = "controls"
    bindings: Mapping[str, Binding] = field(default_factory=lambda: NOTHING)  # keys: secret, guard, tenant, audit
    accepted_risks: tuple[AcceptedRisk, ...] = ()
    only_ai_generated: bool = False

    def control(self, control_id: str) -> ControlPolicy:
        """The settings of one control; the default ones where the policy is silent."""
        return self.controls.get(control_id, ControlPolicy())
