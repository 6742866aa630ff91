"""Alchemy: API keys of 32 characters; name and call tell.

Keys: https://www.alchemy.com/docs/create-an-api-key
"""

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="alchemy-key",
        title="Alchemy API key",
        pattern=None,
        names=("alchemy",),
        secret_name="ALCHEMY_API_KEY",
        rotate_url="https://dashboard.alchemy.com/apps",
        revoke="Rotate the key of the app.",
        generate=shaped((BASE64URL, 31), "q"),
        calls=(Call("alchemy.Alchemy", "api_key", 0),),
    ),
)
