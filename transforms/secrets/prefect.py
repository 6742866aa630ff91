"""Prefect Cloud: API keys begin with `pnu_` or `pnb_`.

Keys: https://docs.prefect.io/v3/how-to-guides/cloud/manage-users/api-keys
"""

from transforms.secrets.kinds import ALPHANUMERIC, SecretKind, shaped

KINDS = (
    SecretKind(
        id="prefect-key",
        title="Prefect API key",
        pattern=r"pn[ub]_[0-9A-Za-z]{36}\b",
        names=("prefect",),
        marks=("pnu_", "pnb_"),
        secret_name="PREFECT_API_KEY",
        rotate_url="https://app.prefect.cloud/my/api-keys",
        revoke="Delete the key.",
        generate=shaped("pn", "u_", (ALPHANUMERIC, 36)),
    ),
)
