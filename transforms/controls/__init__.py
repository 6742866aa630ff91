"""One file for each control: it explains, finds, fixes and proves itself. The folder is the list.

Examples for one framework may stand apart, in `transforms.examples`.
"""

import functools
import importlib
import pkgutil

from transforms.api import Control
from transforms.examples import examples_of


@functools.cache
def controls() -> tuple[Control, ...]:
    """Every control, in the order in which their patches are stacked."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    found = [_with_examples(name) for name in names]
    return tuple(sorted(found, key=lambda control: (control.order, control.id)))


def _with_examples(name: str) -> Control:
    found: Control = importlib.import_module(f"{__name__}.{name}").control
    found.examples = (*found.examples, *examples_of(name))
    return found


def control(control_id: str) -> Control:
    """The control with that id; raises KeyError."""
    return {each.id: each for each in controls()}[control_id]
