"""Sourcegraph: access tokens begin with `sgp_`.

Keys: https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token
"""

from transforms.secrets.kinds import HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="sourcegraph-token",
        title="Sourcegraph token",
        pattern=r"(?:sgp_(?:(?:[0-9A-Fa-f]{16}|local)_){0,2}[0-9A-Fa-f]{40}|slk_[0-9a-f]{64})\b",
        names=("sourcegraph",),
        marks=("sgp_", "slk_"),
        secret_name="SRC_ACCESS_TOKEN",
        rotate_url=None,
        revoke="Delete the token in the user settings.",
        generate=shaped("sg", "p_", (HEX, 16), "_", (HEX, 40)),
    ),
)
