"""The examples of controls whose own file would grow too long: modules with `EXAMPLES`, named after their control.

A control may have several, `<control>.py` and `<control>_<framework>.py`: all whose name begins with its own.
"""

import importlib
import pkgutil

from transforms.api import Example


def examples_of(module: str) -> tuple[Example, ...]:
    """The examples that are kept here for a control, by the name of its module."""
    name = module.rpartition(".")[2]
    found = sorted(each.name for each in pkgutil.iter_modules(__path__) if each.name.startswith(name))
    modules = (importlib.import_module(f"{__name__}.{each}") for each in found)
    return tuple(example for each in modules for example in each.EXAMPLES)
