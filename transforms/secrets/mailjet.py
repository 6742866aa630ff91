"""Mailjet: API secrets are 32 hexadecimal digits; the name tells.

Keys: https://dev.mailjet.com/email/guides/getting-started/
"""

from transforms.secrets.kinds import HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="mailjet-secret",
        title="Mailjet API secret",
        pattern=None,
        names=("mailjet",),
        secret_name="MAILJET_API_SECRET",
        rotate_url="https://app.mailjet.com/account/apikeys",
        revoke="Reset the secret key.",
        generate=shaped((HEX, 32)),
    ),
)
