"""Mapbox: secret tokens begin with `sk.eyJ`; those with `pk.` are public.

Keys: https://docs.mapbox.com/help/dive-deeper/access-tokens/
"""

from transforms.secrets.kinds import ALPHANUMERIC, SecretKind, shaped

KINDS = (
    SecretKind(
        id="mapbox-token",
        title="Mapbox secret token",
        pattern=r"sk\.eyJ[0-9A-Za-z_-]{36,200}\.[0-9A-Za-z_-]{20,30}(?![0-9A-Za-z_-])",
        names=("mapbox secret",),
        marks=("sk.eyJ",),
        secret_name="MAPBOX_SECRET_TOKEN",
        rotate_url="https://console.mapbox.com/account/access-tokens/",
        revoke="Delete the token.",
        generate=shaped("sk.", "eyJ", (ALPHANUMERIC, 80), ".", (ALPHANUMERIC, 22)),
    ),
)
