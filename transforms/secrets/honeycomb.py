"""Honeycomb: ingest keys begin with `hcaik_`, older ones have 22 or 32 characters, which the name tells.

Keys: https://docs.honeycomb.io/configure/environments/manage-api-keys/
"""

from transforms.secrets.kinds import LOWER_DIGITS, SecretKind, shaped

KINDS = (
    SecretKind(
        id="honeycomb-key",
        title="Honeycomb API key",
        pattern=r"hc[abx][lim]k_[0-9a-z]{58}\b",
        names=("honeycomb",),
        marks=("hcaik_", "hcbik_", "hcxik_", "hcalk_", "hcxlk_", "hcamk_", "hcxmk_"),
        secret_name="HONEYCOMB_API_KEY",
        rotate_url="https://ui.honeycomb.io/account",
        revoke="Disable the key.",
        generate=shaped("hca", "ik_", (LOWER_DIGITS, 58)),
    ),
)
