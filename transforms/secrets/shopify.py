"""Shopify: access tokens and secrets begin with `shpat_`, `shpca_`, `shppa_` or `shpss_`.

Keys: https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens
"""

from transforms.secrets.kinds import HEX, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="shopify-token",
        title="Shopify access token",
        pattern=r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b",
        names=("shopify",),
        marks=("shpat_", "shpca_", "shppa_", "shpss_"),
        secret_name="SHOPIFY_ACCESS_TOKEN",
        rotate_url="https://admin.shopify.com",
        revoke="Uninstall the app or rotate its credentials.",
        generate=shaped("shp", "at_", (HEX, 32)),
        calls=(Call("shopify.Session", "token", 2),),
        harm=Harm.TAKE_OVER,
    ),
)
