"""Brevo: API keys begin with `xkeysib-`, keys for SMTP with `xsmtpsib-`.

Keys: https://developers.brevo.com/docs/getting-started
"""

from transforms.secrets.kinds import ALPHANUMERIC, HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="brevo-key",
        title="Brevo API key",
        pattern=r"x(?:keysib|smtpsib)-[0-9a-f]{64}-[0-9A-Za-z]{16}\b",
        names=("brevo", "sendinblue"),
        marks=("xkeysib-", "xsmtpsib-"),
        secret_name="BREVO_API_KEY",
        rotate_url="https://app.brevo.com/settings/keys/api",
        revoke="Delete the key.",
        generate=shaped("xkey", "sib-", (HEX, 64), "-", (ALPHANUMERIC, 16)),
    ),
)
