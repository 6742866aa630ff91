"""Further examples of controls, where one framework needs many: `<control>_<framework>.py` with EXAMPLES.

The folder is the list: a control has the examples of every module here whose name begins with its own.
"""

import importlib
import pkgutil

from transforms.api import Example


def examples_of(control: str) -> tuple[Example, ...]:
    """The examples kept here for the control in `controls/<control>.py`."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = (importlib.import_module(f"{__name__}.{name}").EXAMPLES for name in names if name.startswith(f"{control}_"))
    return tuple(example for examples in found for example in examples)
