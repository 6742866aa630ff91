"""What went wrong at GitHub, said in Tenon's errors: which may be tried again, after how long, and the sentence.

GitHub's rules for limits (REST API documentation, "Rate limits"): wait `Retry-After` seconds if it is there; else, when
`X-RateLimit-Remaining` is 0, until `X-RateLimit-Reset`; else a minute. A limit answers 403 or 429.
"""

import email.utils
import json
from collections.abc import Mapping
from typing import Any

import requests
from github import GithubException

from bot.errors import ForgeError, ForgeUnavailable, NotAllowed, NotFound, RateLimited

UNKNOWN_WAIT = 60.0  # seconds, where a secondary limit does not say how long
_LONGEST_SAYING = 300  # characters of GitHub's own words that reach a message
_LIMIT_WORDS = ("rate limit", "abuse detection", "please wait a few minutes", "please retry your request")

FOREIGN = (GithubException, requests.RequestException, json.JSONDecodeError)


class Unauthorized(NotAllowed):
    """The token was not accepted: it was revoked or has run out. A fresh one may be."""


class AlreadyThere(ForgeError):
    """Somebody made the same thing between our look-up and our call: look again."""


def translate(error: Exception, doing: str, now: float) -> ForgeError:
    """The Tenon error for one of `FOREIGN`; `doing` completes "Tenon could not ...", `now`: seconds since the epoch."""
    if isinstance(error, GithubException):
        return _refusal(error, doing, now)
    kind = "no answer in time" if isinstance(error, requests.Timeout) else "the connection broke"
    return ForgeUnavailable(f"Tenon could not {doing}: GitHub is out of reach ({kind}).")


def _refusal(error: GithubException, doing: str, now: float) -> ForgeError:
    sentence = f"Tenon could not {doing}: GitHub answered {error.status} ({_saying(error.data)})."
    headers = {name.lower(): str(value) for name, value in (error.headers or {}).items()}
    if _is_limit(error.status, headers, _saying(error.data)):
        return RateLimited(sentence, _seconds_to_wait(headers, now))
    match error.status:
        case 401:
            return Unauthorized(sentence)
        case 403:
            return NotAllowed(sentence)
        case 404 | 410:
            return NotFound(sentence)
        case 422 if "already exists" in sentence:
            return AlreadyThere(sentence)
        case status if status >= 500:
            return ForgeUnavailable(sentence)
    return ForgeError(sentence)


def _saying(data: Any) -> str:
    """GitHub's message and the messages of its list of errors, cut short."""
    if not isinstance(data, dict):
        return "no words"
    details = data.get("errors")
    listed = details if isinstance(details, list) else [details] if details else []
    words = [str(data.get("message", ""))]
    words += [
        str(item.get("message") or item.get("code") or "") if isinstance(item, dict) else str(item) for item in listed
    ]
    return "; ".join(word for word in words if word)[:_LONGEST_SAYING] or "no words"


def _is_limit(status: int, headers: Mapping[str, str], saying: str) -> bool:
    if status == 429:
        return True
    spent = headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers
    return status == 403 and (spent or any(words in saying.lower() for words in _LIMIT_WORDS))


def _seconds_to_wait(headers: Mapping[str, str], now: float) -> float:
    if (said := headers.get("retry-after", "")).isdigit():
        return float(said)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") != "0" or not reset.isdigit():
        return UNKNOWN_WAIT
    # Reset is told by GitHub's clock, so it is measured by GitHub's clock where the reply has one; a second is added
    # because nobody says when in that second the limit ends.
    return max(float(reset) - _their_clock(headers, now), 0.0) + 1.0


def _their_clock(headers: Mapping[str, str], now: float) -> float:
    try:
        return email.utils.parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError):
        return now
