"""Fly.io: access tokens begin with `fm2_` or `fo1_`.

Keys: https://fly.io/docs/security/tokens/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="flyio-token",
        title="Fly.io access token",
        pattern=r"(?:fo1_[0-9A-Za-z_-]{43}|fm[12][ar]?_[0-9A-Za-z+/=]{100,800})(?![0-9A-Za-z+/_-])",
        names=("flyio", "fly"),
        marks=("fm2_", "fo1_", "fm1"),
        secret_name="FLY_API_TOKEN",
        rotate_url="https://fly.io/user/personal_access_tokens",
        revoke="Revoke the token with `fly tokens revoke`.",
        generate=shaped("fm", "2_", (ALPHANUMERIC, 200)),
        harm=Harm.TAKE_OVER,
    ),
)
