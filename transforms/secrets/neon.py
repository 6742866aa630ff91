"""Neon: API keys begin with `napi_`.

Keys: https://neon.com/docs/manage/api-keys
"""

from transforms.secrets.kinds import LOWER_DIGITS, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="neon-key",
        title="Neon API key",
        pattern=r"napi_[0-9a-z]{60,66}\b",
        names=("neon",),
        marks=("napi_",),
        secret_name="NEON_API_KEY",
        rotate_url="https://console.neon.tech/app/settings/api-keys",
        revoke="Revoke the key.",
        generate=shaped("na", "pi_", (LOWER_DIGITS, 64)),
        calls=(Call("neon_api.NeonAPI", "api_key", 0),),
        harm=Harm.TAKE_OVER,
    ),
)
