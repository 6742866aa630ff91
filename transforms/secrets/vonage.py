"""Vonage: API secrets of 16 characters; name and call tell.

Keys: https://developer.vonage.com/en/concepts/guides/authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="vonage-secret",
        title="Vonage API secret",
        pattern=None,
        names=("vonage", "nexmo"),
        secret_name="VONAGE_API_SECRET",
        rotate_url="https://dashboard.nexmo.com/settings",
        revoke="Revoke the secret.",
        generate=shaped((ALPHANUMERIC, 16)),
        calls=(Call("vonage.Auth", "api_secret"), Call("vonage.Client", "secret"), Call("nexmo.Client", "secret")),
    ),
)
