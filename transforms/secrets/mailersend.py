"""MailerSend: API tokens begin with `mlsn.`.

Keys: https://developers.mailersend.com/#authentication
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="mailersend-token",
        title="MailerSend API token",
        pattern=r"mlsn\.[0-9a-f]{64}\b",
        names=("mailersend",),
        marks=("mlsn.",),
        secret_name="MAILERSEND_API_TOKEN",
        rotate_url="https://app.mailersend.com/api-tokens",
        revoke="Delete the token.",
        generate=shaped("ml", "sn.", (HEX, 64)),
        calls=(Call("mailersend.MailerSendClient", "api_key", 0),),
    ),
)
