"""Say what a control requires, why it matters, what its patch does, what it does not see, and what may be tuned.

Without a name, list every control.
"""

import argparse
import dataclasses
import inspect
from collections.abc import Iterator
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
        defaults, meant = control.options(), dict(_comments(control.options))
        for field in fields:
            lines += [f"  {field.name} = {_default(getattr(defaults, field.name))}", f"    {meant.get(field.name, '')}"]
    return lines


def _comments(options: type) -> Iterator[tuple[str, str]]:
    """The comment behind each option, or the line of comment above it."""
    above = ""
    for line in inspect.getsource(options).splitlines():
        name, _, comment = line.partition("#")
        if ":" in name and '"""' not in name:
            yield name.partition(":")[0].strip(), comment.strip() or above
        above = comment.strip() if not name.strip() else ""


def _default(value: Any) -> str:
    return (", ".join(map(str, value)) or "none") if isinstance(value, tuple | frozenset) else repr(value)
