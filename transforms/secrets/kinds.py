"""What a secret kind is: how a vendor's key looks, which call takes it, where it is rotated, how a sample is made.

No sample is ever written down. `generate` makes one from fragments, so that neither this repository nor a test of it
holds anything that a secret scanner, ours included, would take for a key.
"""

import string
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

ALPHANUMERIC = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
UPPER_HEX = HEX.upper()
DIGITS = string.digits
LOWER_DIGITS = string.ascii_lowercase + string.digits
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
    names: tuple[str, ...]  # what says this vendor in a variable's name: a word, or two in a row; in lower case
    secret_name: str  # what the broker's entry is called when the code does not say
    rotate_url: str | None  # where a new value is made
    revoke: str  # one sentence: how the leaked value is made useless
    generate: Callable[[Random], str]
    calls: tuple[Call, ...] = ()
    issuer: Issuer = Issuer.VENDOR
    harm: Harm = Harm.USE
    marks: tuple[str, ...] = ()  # every text that `pattern` matches holds one of these
    spaced: bool = False  # its text may hold blanks or commas
    looks_like: tuple[str, ...] = ()  # kinds whose pattern matches these keys too: a name that says this vendor decides
    certain: str | None = None  # matches those of its keys that are no other vendor's; None: all that `pattern` matches
    check: Callable[[str], bool] | None = None  # whether the check digits of a key are right, where it has some


def text(rng: Random, alphabet: str, length: int) -> str:
    """Random characters; for lengths above 8 with a letter and a digit among them, as in a real key."""
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


_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def checksum(body: str) -> str:
    """The CRC-32 of a key's body in base 62, six characters: how GitHub, and npm after it, end their tokens."""
    number, digits = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits.rjust(6, "0")
