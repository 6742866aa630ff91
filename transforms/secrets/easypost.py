"""EasyPost: API keys begin with `EZAK` or `EZTK`.

Keys: https://docs.easypost.com/docs/authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="easypost-key",
        title="EasyPost API key",
        pattern=r"EZ[AT]K[0-9A-Za-z]{54}\b",
        names=("easypost",),
        marks=("EZAK", "EZTK"),
        secret_name="EASYPOST_API_KEY",
        rotate_url="https://app.easypost.com/account/settings?tab=api-keys",
        revoke="Delete the key.",
        generate=shaped("EZ", "AK", (ALPHANUMERIC, 54)),
        calls=(Call("easypost.EasyPostClient", "api_key", 0),),
    ),
)
