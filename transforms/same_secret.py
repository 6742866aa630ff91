"""One secret in many places: which findings are about the same value. Values are compared here, and never kept.

Within one scan they are compared as they are, read from the sources at their places. Between repositories a keyed hash
says whether two are the same; the key is the caller's, and without it nothing can be guessed from the hash.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice

from transforms.api import Evidence, Outcome, Verdict
from transforms.concepts import Place
from transforms.concepts_secrets import SecretUse

MOST_SHOWN = 8  # other places named with one finding
_SHORTEST = 5  # characters: what is shorter stands in many places by chance


def value_key(value: str, key: bytes) -> str:
    """A keyed hash of a secret's value: the same in every repository of whoever has the key, and no help without it."""
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:32]


def places_by_value(uses: Iterable[tuple[SecretUse, str]]) -> tuple[tuple[SecretUse, ...], ...]:
    """The uses of each secret, those of one value together, in the order of their files and lines."""
    groups: dict[str, list[SecretUse]] = {}
    for use, value in uses:
        if not use.placeholder and len(value) >= _SHORTEST:
            groups.setdefault(value, []).append(use)
    return tuple(tuple(sorted(uses, key=_order)) for uses in groups.values())


def numbered(uses: Iterable[tuple[SecretUse, str]]) -> dict[tuple[str, Place], int]:
    """A number for each value, by the places that hold it: says which are the same, and nothing of the value."""
    numbers: dict[str, int] = {}
    return {(use.file, use.place): numbers.setdefault(value, len(numbers)) for use, value in uses}


def with_places(verdicts: Iterable[Verdict], uses: Iterable[tuple[SecretUse, str]]) -> tuple[Verdict, ...]:
    """The same verdicts; each finding names the other places of its value."""
    together = {_identity(use): alike for alike in places_by_value(uses) if len(alike) > 1 for use in alike}
    return tuple(_with_others(verdict, together) for verdict in verdicts)


def _with_others(verdict: Verdict, together: Mapping[tuple[object, ...], tuple[SecretUse, ...]]) -> Verdict:
    use = verdict.concept
    if type(use) is not SecretUse or verdict.outcome is not Outcome.FAIL or (own := _identity(use)) not in together:
        return verdict
    others = (each for each in together[own] if _identity(each) != own)
    shown = (
        Evidence(each.file, each.place.line, "the same value stands here too: it is one secret")
        for each in islice(others, MOST_SHOWN)
    )
    known = {(each.path, each.line) for each in verdict.evidence}
    evidence = (*verdict.evidence, *(each for each in shown if (each.path, each.line) not in known))
    return replace(verdict, evidence=evidence)


def _identity(use: SecretUse) -> tuple[object, ...]:
    return use.file, use.place


def _order(use: SecretUse) -> tuple[object, ...]:
    return use.test_only, use.file, use.place.line, use.place.column
