"""Names of tests, and harmless values for path parameters."""

import re

PARAMETER = re.compile(r"\{(\w+)(?::(\w+))?\}")
NOBODY = {"uuid": "00000000-0000-0000-0000-000000000000", "float": "0.0"}


def slug(*words: str) -> str:
    """An identifier out of method, path, module or name: "DELETE", "/orders/{id}" gives delete_orders_id."""
    text = PARAMETER.sub(r"\1", " ".join(words)).lower()
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_") or "root"


def route_slug(method: str, path: str) -> str:
    """The part of a test's name that says which route it is about."""
    return slug(method, path if slug(path) != "root" else "root")


def filled(path: str) -> str:
    """The path with a value in each parameter that names nothing that exists."""
    return PARAMETER.sub(lambda found: NOBODY.get(found[2] or "", "0"), path)


def quoted(text: str) -> str:
    """The text as a Python literal in double quotes: whatever a route or file is called, it stays a string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in escaped) + '"'


class Names:
    """Hands out test names, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def __call__(self, text: str) -> str:
        """The name, with a number if it was given before."""
        name, number = f"test_{text}", 2
        while name in self._taken:
            name, number = f"test_{text}_{number}", number + 1
        self._taken.add(name)
        return name
