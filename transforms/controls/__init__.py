"""One file for each control: it explains, finds, fixes and proves itself. The folder is the list."""

import functools
import importlib
import pkgutil

from transforms.api import Control
from transforms.examples import examples_of


@functools.cache
def controls() -> tuple[Control, ...]:
    """Every control, in the order in which their patches are stacked."""
    found: list[Control] = []
    for name in (module.name for module in pkgutil.iter_modules(__path__)):
        each: Control = importlib.import_module(f"{__name__}.{name}").control
        each.examples = (*each.examples, *examples_of(name))
        found.append(each)
    return tuple(sorted(found, key=lambda control: (control.order, control.id)))


def control(control_id: str) -> Control:
    """The control with that id; raises KeyError."""
    return {each.id: each for each in controls()}[control_id]
