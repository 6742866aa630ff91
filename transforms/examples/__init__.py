"""Further examples of controls, by framework: a module is about the control whose name its own name begins with.

The folder is the list: `route_requires_auth_django.py` holds `EXAMPLES` of the control in `route_requires_auth.py`.
"""

import importlib
import pkgutil

from transforms.api import Example


def examples_of(control: str) -> tuple[Example, ...]:
    """The examples of all modules whose name begins with that of a control's module."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name.startswith(f"{control}_"))
    found = (importlib.import_module(f"{__name__}.{name}").EXAMPLES for name in names)
    return tuple(example for examples in found for example in examples)
