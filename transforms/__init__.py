"""Find missing controls and write the patches that add them. Pure: text in, verdicts and patches out.

Everything `bot` calls is here, loaded on first use so that importing the package costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transforms.engine import Remedies, Report, remedies, scan
    from transforms.policy import Policy
    from transforms.source import SourceFile

__all__ = ["Policy", "Remedies", "Report", "SourceFile", "remedies", "scan"]

_HOME = {
    "Policy": "policy",
    "Remedies": "engine",
    "Report": "engine",
    "SourceFile": "source",
    "remedies": "engine",
    "scan": "engine",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
