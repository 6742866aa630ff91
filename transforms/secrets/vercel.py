"""Vercel: access tokens of 24 letters and digits; the name tells.

Keys: https://vercel.com/docs/rest-api#authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="vercel-token",
        title="Vercel access token",
        pattern=None,
        names=("vercel",),
        secret_name="VERCEL_TOKEN",
        rotate_url="https://vercel.com/account/tokens",
        revoke="Delete the token.",
        generate=shaped((ALPHANUMERIC, 24)),
        harm=Harm.TAKE_OVER,
    ),
)
