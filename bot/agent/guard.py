"""The last look at a question before it leaves: no known secret, nothing that has the shape of one.

Everything upstream already keeps values out (a question is built from shapes and redacted code). This is the belt to
those braces, and fails closed: a question that looks wrong is not sent, and the job goes on without the model.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote

from bot.agent.errors import OutboundRefused

SHORTEST_KNOWN = 4  # shorter values than this are words ("yes", "dev"), not secrets
LONG_ENOUGH_TO_BE_BROKEN = 16  # from here on a value is also looked for across white space
# Fragments only: beginnings of vendors' keys, each followed by enough characters to be more than a mention.
_KEY_BEGINNINGS = (
    r"[sr]k_live_|[sr]k_test_|whsec_|sk-|AKIA|ASIA|AIza|ya29\.|gh[pousr]_|github_pat_|glpat-|xox[abps]-|xapp-|SG\.|hf_|"
    r"npm_|pypi-|dop_v1_|shpat_|sq0atp-|hvs\.|eyJ|gsk_|lin_api_|tvly-"
)
# A digit must follow: `hf_hub_download_path` and `npm_config_registry` are names, not keys.
_KEY = re.compile(rf"(?<![A-Za-z0-9])(?:{_KEY_BEGINNINGS})(?=[\w\-.]*\d)[\w\-.]{{12,}}", re.ASCII)
_PEM = re.compile(r"-----BEGIN " + r"[A-Z0-9 ]*(?:PRIVATE KEY|CERTIFICATE)")
_URL_PASSWORD = re.compile(r"://[^\s/:@]*:[^\s/@]+@")
_RUN = re.compile(r"[A-Za-z0-9+/=]{20,}")
_HEX_RUN = re.compile(r"(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{32,}", re.IGNORECASE)
_LONG_RUN = re.compile(r"[A-Za-z0-9+/=_-]{32,}")
_RUN_BITS = 3.5
_LONG_RUN_BITS = 4.4


@dataclass(frozen=True)
class OutboundGuard:
    """Refuses a text with any of the job's secret values in it. `values` is asked anew each time; nothing is kept."""

    values: Callable[[], Iterable[str]]

    def check(self, text: str) -> None:
        """Return if the text may leave. Raises OutboundRefused, with the kind of reason and never the value."""
        if reason := self._known(text) or key_shaped(text):
            raise OutboundRefused(f"the question was not sent: {reason}")

    def _known(self, text: str) -> str | None:
        dense = "".join(text.split())
        if any(_occurs(value, text, dense) for value in self.values() if len(value) >= SHORTEST_KNOWN):
            return "it holds a value found in this job"
        return None


def key_shaped(text: str) -> str | None:
    """Why a text looks as if it held a credential of whatever kind, or None."""
    if _KEY.search(text):
        return "it holds something that begins like a vendor's key"
    if _PEM.search(text):
        return "it holds a PEM block"
    if _URL_PASSWORD.search(text):
        return "it holds a URL with a password"
    if _holds_random_text(text):
        return "it holds a long random string"
    return None


def bits_per_character(text: str) -> float:
    """Shannon entropy of the characters of a text: 0 for 'aaaa', about 4.7 for 26 different letters."""
    total = len(text)
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values()) if total else 0.0


def _holds_random_text(text: str) -> bool:
    if _HEX_RUN.search(text):
        return True
    return any(map(_random, _RUN.findall(text))) or any(map(_long_random, _LONG_RUN.findall(text)))


def _occurs(value: str, text: str, dense: str) -> bool:
    """Plainly, quoted for a URL, or (if long) broken over lines."""
    bare = "".join(value.split())
    broken = len(bare) >= LONG_ENOUGH_TO_BE_BROKEN and bare in dense
    return broken or value in text or quote(value, safe="") in text


def _random(run: str) -> bool:
    return _has(run, str.isdigit) and _has(run, str.isalpha) and bits_per_character(run) >= _RUN_BITS


def _long_random(run: str) -> bool:
    mixed = _has(run, str.isdigit) and _has(run, str.isupper) and _has(run, str.islower)
    return mixed and bits_per_character(run) >= _LONG_RUN_BITS


def _has(run: str, kind: Callable[[str], bool]) -> bool:
    return any(map(kind, run))
