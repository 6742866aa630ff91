"""Adyen: API keys begin with `AQE`.

Keys: https://docs.adyen.com/development-resources/api-credentials/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="adyen-key",
        title="Adyen API key",
        pattern=r"AQE[a-z]hm[0-9A-Za-z+/=-]{80,260}",
        names=("adyen",),
        marks=("AQE",),
        secret_name="ADYEN_API_KEY",
        rotate_url="https://ca-live.adyen.com",
        revoke="Generate a new key for the credential.",
        generate=shaped("AQEy", "hmfx", (ALPHANUMERIC, 130)),
        calls=(Call("Adyen.Adyen", "xapikey"),),
        harm=Harm.TAKE_OVER,
    ),
)
