"""Railway: tokens are UUIDs; the name tells.

Keys: https://docs.railway.com/reference/public-api
"""

from transforms.secrets.kinds import HEX, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="railway-token",
        title="Railway token",
        pattern=None,
        names=("railway",),
        secret_name="RAILWAY_TOKEN",
        rotate_url="https://railway.com/account/tokens",
        revoke="Delete the token.",
        generate=shaped((HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        harm=Harm.TAKE_OVER,
    ),
)
