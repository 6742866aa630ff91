"""What a sign-in at an identity provider is told, and why it may end."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What the environment says about the provider, read anew for each request."""

    issuer: str
    client_id: str
    redirect_uri: str
    confidential: bool


class NotConfigured(Exception):
    """A setting is missing or cannot be accepted."""


class ProviderUnavailable(Exception):
    """The provider cannot be asked at the moment, or says what cannot be accepted."""


class Refused(Exception):
    """What came back from the provider is not what this app asked for. The text is for the log."""
