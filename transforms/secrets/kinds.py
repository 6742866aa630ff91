"""What a secret kind is: how a vendor's key looks, which call takes it, where it is rotated, how a sample is made.

No sample is ever written down. `generate` makes one from fragments, so that neither this repository nor a test of it
holds anything that a secret scanner, ours included, would take for a key.
"""

import string
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

ALPHANUMERIC = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
BASE64URL = ALPHANUMERIC + "-_"
UPPER_DIGITS = string.ascii_uppercase + string.digits
BASE32 = string.ascii_uppercase + "234567"


class Issuer(StrEnum):
    """Who gives the value out: with `SELF` any value works, so that a placeholder which is left in place works too."""

    VENDOR = "vendor"
    SELF = "self"


class Harm(StrEnum):
    """What somebody can do who has the value."""

    TAKE_OVER = "take_over"  # money, a cloud account, forged sign-ins
    USE = "use"  # the service on our bill, the data behind it
    ANNOY = "annoy"  # post into a channel


@dataclass(frozen=True, slots=True)
class Call:
    """A parameter that takes a secret: `stripe.StripeClient(api_key)` is Call("stripe.StripeClient", "api_key", 0)."""

    reference: str
    argument: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class SecretKind:
    """One kind of secret. `pattern` (None where only name and role tell) matches a whole key.

    What may stand before a key is decided in `keys`: a pattern begins with fixed characters, and so its search is fast.
    """

    id: str
    title: str
    pattern: str | None
    names: tuple[str, ...]  # words that say this vendor in a variable's name, each in lower case
    secret_name: str  # what the broker's entry is called when the code does not say
    rotate_url: str | None  # where a new value is made
    revoke: str  # one sentence: how the leaked value is made useless
    generate: Callable[[Random], str]
    calls: tuple[Call, ...] = ()
    issuer: Issuer = Issuer.VENDOR
    harm: Harm = Harm.USE
    marks: tuple[str, ...] = ()  # every text that `pattern` matches holds one of these


def text(rng: Random, alphabet: str, length: int) -> str:
    """Random characters; for lengths above 8 with a letter and a digit among them, as in any real key."""
    while True:
        made = "".join(rng.choices(alphabet, k=length))
        mixed = any(map(str.isdigit, made)) and any(map(str.isalpha, made))
        if length <= 8 or mixed or not set(string.digits) & set(alphabet) or alphabet.isdigit():
            return made


def shaped(*parts: str | tuple[str, int]) -> Callable[[Random], str]:
    """A generator of samples: fixed fragments, and (alphabet, length) pairs to fill at random."""

    def generate(rng: Random) -> str:
        return "".join(part if isinstance(part, str) else text(rng, *part) for part in parts)

    return generate
