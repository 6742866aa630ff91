"""Replicate: API tokens begin with `r8_`.

Keys: https://replicate.com/docs/topics/security/api-tokens
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="replicate-token",
        title="Replicate API token",
        pattern=r"r8_[0-9A-Za-z]{37}\b",
        names=("replicate",),
        marks=("r8_",),
        secret_name="REPLICATE_API_TOKEN",
        rotate_url="https://replicate.com/account/api-tokens",
        revoke="Disable the token in the account.",
        generate=shaped("r", "8_", (ALPHANUMERIC, 37)),
        calls=(Call("replicate.Client", "api_token"),),
    ),
)
