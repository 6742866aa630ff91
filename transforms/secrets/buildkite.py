"""Buildkite: API tokens begin with `bkua_`.

Keys: https://buildkite.com/docs/apis/managing-api-tokens
"""

from transforms.secrets.kinds import HEX, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="buildkite-token",
        title="Buildkite token",
        pattern=r"bkua_[0-9a-z]{40}(?:[0-9a-z]{13})?\b",
        names=("buildkite",),
        marks=("bkua_",),
        secret_name="BUILDKITE_API_TOKEN",
        rotate_url="https://buildkite.com/user/api-access-tokens",
        revoke="Revoke the token.",
        generate=shaped("bk", "ua_", (HEX, 40)),
        harm=Harm.TAKE_OVER,
    ),
)
