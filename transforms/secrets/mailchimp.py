"""Mailchimp: API keys are 32 hexadecimal digits and the data centre, as in `-us12`.

Keys: https://mailchimp.com/developer/marketing/guides/quick-start/
"""

from transforms.secrets.kinds import HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="mailchimp-key",
        title="Mailchimp API key",
        pattern=r"[0-9a-f]{32}-us\d{1,2}\b",
        names=("mailchimp",),
        marks=("-us",),
        secret_name="MAILCHIMP_API_KEY",
        rotate_url="https://admin.mailchimp.com/account/api/",
        revoke="Revoke the key.",
        generate=shaped((HEX, 32), "-us14"),
    ),
)
