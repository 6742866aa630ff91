"""Alchemy: API keys begin with `alcht_`; others have 32 characters, which name and call tell.

Keys: https://www.alchemy.com/docs/create-an-api-key
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="alchemy-key",
        title="Alchemy API key",
        pattern=r"alcht_[0-9A-Za-z]{30}\b",
        names=("alchemy",),
        marks=("alcht_",),
        secret_name="ALCHEMY_API_KEY",
        rotate_url="https://dashboard.alchemy.com/apps",
        revoke="Rotate the key of the app.",
        generate=shaped("al", "cht_", (ALPHANUMERIC, 30)),
        calls=(Call("alchemy.Alchemy", "api_key", 0),),
    ),
)
