"""Say what a control requires, why it matters, what its patch does, what it does not see, and what may be tuned.

Without a name, list every control.
"""

import argparse
import dataclasses
from typing import TYPE_CHECKING, Any

from bot.errors import TenonError

if TYPE_CHECKING:
    from transforms.api import Control


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `tenon explain`."""
    parser.add_argument("control", nargs="?", help="the id of a control, for example route-requires-auth")


def run(options: argparse.Namespace) -> int:
    """Print the documentation of one control, or the list."""
    from transforms.controls import controls

    known = {control.id: control for control in controls()}
    if options.control is None:
        width = max(map(len, known))
        for control in known.values():
            print(f"{control.id:<{width}}  {control.title}")
        return 0
    if options.control not in known:
        raise TenonError(f"There is no control {options.control!r}. Known: {', '.join(known)}.")
    print("\n".join(_page(known[options.control])))
    return 0


def _page(control: "Control") -> list[str]:
    lines = [control.id, "=" * len(control.id), "", control.documentation, ""]
    lines.append(f"family      {control.family.value}")
    lines.append(f"severity    {control.severity.value}, confidence {control.confidence.value}")
    lines.append(f"patch       {control.patch.value}")
    lines.append(f"maturity    {control.maturity.value}, since {control.since}")
    lines += [f"standard    {standard.id}: {standard.title}" for standard in control.standards]
    fields = dataclasses.fields(control.options)
    if fields:
        lines += ["", "options (in .github/tenon.yml under controls: " + control.id + ": options:)"]
        defaults = control.options()
        lines += [f"  {field.name} = {_default(getattr(defaults, field.name))}" for field in fields]
    return lines


def _default(value: Any) -> str:
    return (", ".join(map(str, value)) or "none") if isinstance(value, tuple | frozenset) else repr(value)
