"""The words that paths and names are made of."""

import functools
import re

_PREFIXES = re.compile(r"api|rest|v\d+(?:\.\d+)*|latest")


@functools.lru_cache(maxsize=4096)
def segments_of(path: str) -> tuple[str, ...]:
    """The segments of a path in lower case, without prefixes of an API and its version; parameters as `{name}`."""
    found = [segment for segment in path.split("/") if segment]
    while found and _PREFIXES.fullmatch(found[0].lower()):
        found.pop(0)
    return tuple(segment if "{" in segment else segment.lower() for segment in found)


def squeezed(segment: str) -> str:
    """A segment in lower case, without what joins its words."""
    return segment.replace("-", "").replace("_", "").lower()


@functools.lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a path's segment or of a name, in lower case: `deleteUser`, `delete-user` -> delete, user."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    return tuple(word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced) if word)
