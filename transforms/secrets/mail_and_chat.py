"""Senders of mail and messages whose keys begin with a prefix of their own, or are known by name."""

from transforms.secrets.kinds import ALPHANUMERIC, HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="resend-key",
        title="Resend API key",
        pattern=r"re_[0-9A-Za-z]{8}_[0-9A-Za-z]{24}\b",
        names=("resend",),
        marks=("re_",),
        secret_name="RESEND_API_KEY",
        rotate_url="https://resend.com/api-keys",
        revoke="Delete the key.",
        generate=shaped("r", "e_", (ALPHANUMERIC, 8), "_", (ALPHANUMERIC, 24)),
    ),
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
    SecretKind(
        id="messaging-token",
        title="Token of a messaging provider",
        pattern=None,
        names=("whatsapp", "channel", "line", "gupshup", "vonage", "messagebird", "meta", "facebook"),
        secret_name="MESSAGING_TOKEN",
        rotate_url=None,
        revoke="Issue a new token in the provider's console and revoke the old one.",
        generate=shaped((ALPHANUMERIC, 48)),
    ),
)
