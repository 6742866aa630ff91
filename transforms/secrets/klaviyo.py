"""Klaviyo: private API keys begin with `pk_`, in spite of it, and are secret.

Keys: https://developers.klaviyo.com/en/docs/authenticate_
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="klaviyo-key",
        title="Klaviyo private key",
        pattern=r"pk_(?:[0-9A-Za-z]{6}_)?[0-9a-f]{34}\b",
        names=("klaviyo",),
        marks=("pk_",),
        secret_name="KLAVIYO_API_KEY",
        rotate_url="https://www.klaviyo.com/settings/account/api-keys",
        revoke="Delete the key.",
        generate=shaped("p", "k_", (HEX, 34)),
        calls=(Call("klaviyo_api.KlaviyoAPI", "api_key", 0),),
    ),
)
