"""Mailgun: private API keys.

Keys: https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt/
"""

from transforms.secrets.kinds import HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="mailgun-key",
        title="Mailgun API key",
        pattern=r"(?:key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})\b",
        names=("mailgun",),
        marks=("mailgun", "MAILGUN", "Mailgun"),
        secret_name="MAILGUN_API_KEY",
        rotate_url="https://app.mailgun.com/settings/api_security",
        revoke="Delete the key under API security.",
        generate=shaped((HEX, 32), "-", (HEX, 8), "-", (HEX, 8)),
    ),
)
