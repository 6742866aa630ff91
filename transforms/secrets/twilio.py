"""Twilio: the account's auth token, which only its name gives away, and API keys.

Keys: https://www.twilio.com/docs/iam/api-keys
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

_ROTATE = "https://console.twilio.com/us1/account/keys-credentials/api-keys"

KINDS = (
    SecretKind(
        id="twilio-token",
        title="Twilio auth token",
        pattern=None,
        names=("twilio",),
        secret_name="TWILIO_AUTH_TOKEN",
        rotate_url=_ROTATE,
        revoke="Create a secondary auth token, move the app to it, and promote it.",
        generate=shaped((HEX, 32)),
        calls=(Call("twilio.rest.Client", "password", 1),),
    ),
    SecretKind(
        id="twilio-key",
        title="Twilio API key",
        pattern=r"SK[0-9a-f]{32}\b",
        names=(),
        marks=("SK",),
        secret_name="TWILIO_API_KEY",
        rotate_url=_ROTATE,
        revoke="Delete the key in the console.",
        generate=shaped("S", "K", (HEX, 32)),
    ),
)
