"""The last look at every text that leaves: no known secret value, nothing key-shaped, within the forge's limit."""

import re
from collections.abc import Iterable

from bot.errors import TenonError

# Shapes that are never right in a text of ours, whatever the analysis knew (the vendors' own prefixes and key blocks).
_KEY_SHAPED = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(?:sk|pk|rk)_live_[0-9A-Za-z]{10,}|\bsk-(?:proj-|ant-)?[0-9A-Za-z_-]{20,}"
    r"|\bgh[pousr]_[0-9A-Za-z]{20,}|\bAKIA[0-9A-Z]{16}\b|\bxox[abprs]-[0-9A-Za-z-]{10,}|\bAIza[0-9A-Za-z_-]{35}\b"
)


class LeakRefused(TenonError):
    """A text of ours held a secret value and was not sent; the sentence does not repeat it."""


def checked(text: str, values: Iterable[str] = ()) -> str:
    """`text` itself; raises LeakRefused when it holds one of `values` or something key-shaped."""
    if any(value and value in text for value in values) or _KEY_SHAPED.search(text):
        raise LeakRefused("A text was about to carry a secret value and was not sent: please report this defect.")
    return text
