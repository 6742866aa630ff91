"""SendGrid: API keys, which also serve as its SMTP password.

Keys: https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys
"""

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="sendgrid-key",
        title="SendGrid API key",
        pattern=r"SG\.[0-9A-Za-z_-]{16,32}\.[0-9A-Za-z_-]{32,64}(?![0-9A-Za-z_-])",
        names=("sendgrid",),
        marks=("SG.",),
        secret_name="SENDGRID_API_KEY",
        rotate_url="https://app.sendgrid.com/settings/api_keys",
        revoke="Delete the key under Settings, API Keys.",
        generate=shaped("S", "G.", (BASE64URL, 22), ".", (BASE64URL, 43)),
        calls=(Call("sendgrid.SendGridAPIClient", "api_key", 0),),
    ),
)
