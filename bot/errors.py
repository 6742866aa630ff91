"""One short error tree: each error knows whether trying again can help, and the sentence a user sees.

Anything that is not a `TenonError` is a defect of Tenon: only the worker's and the web's outer edge catch it.
"""


class TenonError(Exception):
    """An expected failure. `str(error)` is the sentence a user sees: it never holds a secret value."""

    retry = False


class ConfigError(TenonError):
    """A setting is missing or wrong; the sentence names the variable and what to do."""


class PolicyError(TenonError):
    """A policy file does not parse or breaks its schema; the sentence names the line."""


class SnapshotError(TenonError):
    """The files of a commit could not be read (unknown commit, git failed, limits that leave nothing)."""


class ForgeError(TenonError):
    """The forge refused or failed, in a way that trying again does not mend."""


class NotFound(ForgeError):
    """The forge does not know it, or the installation may not see it."""


class NotAllowed(ForgeError):
    """The installation lacks a permission; the sentence names what was tried."""


class ForgeUnavailable(ForgeError):
    """A 5xx, a timeout or a broken connection outlasted the retries of one call."""

    retry = True


class RateLimited(ForgeError):
    """A primary or secondary rate limit: try again after `wait_seconds`."""

    retry = True

    def __init__(self, sentence: str, wait_seconds: float) -> None:
        super().__init__(sentence)
        self.wait_seconds = wait_seconds
