"""Lemon Squeezy: API keys are JWTs; the name tells.

Keys: https://docs.lemonsqueezy.com/api
"""

from transforms.secrets.kinds import BASE64URL, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="lemonsqueezy-key",
        title="Lemon Squeezy API key",
        pattern=None,
        names=("lemonsqueezy", "lemon squeezy"),
        secret_name="LEMONSQUEEZY_API_KEY",
        rotate_url="https://app.lemonsqueezy.com/settings/api",
        revoke="Delete the key in the settings.",
        generate=shaped("eyJ", (BASE64URL, 60), ".eyJ", (BASE64URL, 400), ".", (BASE64URL, 342), "q"),
        looks_like=("json-web-token",),
        harm=Harm.TAKE_OVER,
    ),
)
