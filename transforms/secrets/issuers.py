"""Whose a key is, where several vendors' keys look alike: what else its file says, hosts before words.

A client library is no witness: many services are called by that of OpenAI. So an address that is called says more than
any word, and where nothing says it, nobody is named.
"""

import functools
import re
from collections.abc import Iterable

from transforms.secrets import kind, kinds

_HOST = re.compile(r"https?://(?:[^\s/'\"@]{1,100}@)?([\w.-]{3,100})")


@functools.cache
def also(kind_id: str) -> tuple[str, ...]:
    """The other kinds whose keys match the pattern of a kind."""
    return tuple(each.id for each in kinds() if kind_id in each.looks_like)


def told_apart(group: Iterable[str], text: str, *, by_words: bool) -> str | None:
    """The one kind of a group whose host a text calls, or, if `by_words`, whose name it says; None for several."""
    hosts = " ".join(_HOST.findall(text)).lower()
    for where in (hosts, text.lower()) if by_words else (hosts,):
        said = [each for each in group if any(_says(where, name) for name in kind(each).names)]
        if len(said) == 1:
            return said[0]
        if said:
            return None
    return None


def of_host(address: str) -> str | None:
    """The kind of the keys that are sent to an address, by what its host is called; None for one that is not known."""
    match = _HOST.match(address)
    host = match[1].lower() if match is not None else ""
    return next(
        (each.id for each in kinds() if any(_says(host, name) for name in each.names) and each.rotate_url), None
    )


def _says(text: str, name: str) -> bool:
    return name in text and re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", text) is not None
