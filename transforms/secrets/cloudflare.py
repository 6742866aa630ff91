"""Cloudflare: API tokens of 40 characters, which the name tells, and origin CA keys, which begin with `v1.0-`.

Keys: https://developers.cloudflare.com/fundamentals/api/get-started/
"""

from transforms.secrets.kinds import ALPHANUMERIC, HEX, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="cloudflare-token",
        title="Cloudflare API token",
        pattern=None,
        names=("cloudflare", "cf"),
        secret_name="CLOUDFLARE_API_TOKEN",
        rotate_url="https://dash.cloudflare.com/profile/api-tokens",
        revoke="Roll or delete the token.",
        generate=shaped((ALPHANUMERIC, 40)),
        calls=(Call("cloudflare.Cloudflare", "api_token"), Call("cloudflare.Cloudflare", "api_key")),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="cloudflare-origin-ca-key",
        title="Cloudflare origin CA key",
        pattern=r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}\b",
        names=(),
        marks=("v1.0-",),
        secret_name="CLOUDFLARE_ORIGIN_CA_KEY",
        rotate_url="https://dash.cloudflare.com/profile/api-tokens",
        revoke="Change the key on the API tokens page.",
        generate=shaped("v1", ".0-", (HEX, 24), "-", (HEX, 146)),
        harm=Harm.TAKE_OVER,
    ),
)
