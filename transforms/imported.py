"""What a file imports, read from its bytes: asked before anything is parsed."""

import functools
import re
import sys

_OWN = frozenset(name.encode() for name in sys.stdlib_module_names)
_ALSO_SETTINGS = frozenset({b"secrets", b"token", b"site"})  # an app's own module of settings may be called so
_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w., \t]+)[ \t]*\r?(?=[#;\\\n]|$))", re.MULTILINE
)
_STAR = re.compile(rb"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]*\*", re.MULTILINE)


@functools.lru_cache(maxsize=8)  # several readers ask it of one file
def imported(content: bytes) -> frozenset[bytes]:
    """The top-level packages that a file imports; an empty name stands for a module of its own package."""
    names: set[bytes] = set()
    for module, several in _IMPORT.findall(content):
        names.update(_top(name) for name in ([module] if module else several.split(b",")))
    return frozenset(names)


def imports_others(content: bytes) -> bool:
    """Whether it imports anything but what Python brings: a library, or another module of the app."""
    return not imported(content) <= _OWN


def takes_all_of_others(content: bytes) -> bool:
    """Whether it takes over every name of a module, as settings do of those they build on; Python's own have none."""
    return b"*" in content and any(_top(module) not in _OWN - _ALSO_SETTINGS for module in _STAR.findall(content))


def _top(module: bytes) -> bytes:
    return module.strip().partition(b".")[0].partition(b" ")[0]
