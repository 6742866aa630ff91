"""Resend: API keys begin with `re_`.

Keys: https://resend.com/docs/dashboard/api-keys/introduction
"""

from transforms.secrets.kinds import ALPHANUMERIC, SecretKind, shaped

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
)
