"""Grafana: tokens of service accounts begin with `glsa_` and end in a checksum, those of its cloud with `glc_`.

Keys: https://grafana.com/docs/grafana/latest/administration/service-accounts/
"""

from transforms.secrets.kinds import ALPHANUMERIC, HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="grafana-token",
        title="Grafana token",
        pattern=r"(?:glsa_[0-9A-Za-z]{32}_[0-9A-Fa-f]{8}|glc_[0-9A-Za-z+/]{50,400}={0,2})(?![0-9A-Za-z+/=])",
        names=("grafana",),
        marks=("glsa_", "glc_"),
        secret_name="GRAFANA_TOKEN",
        rotate_url=None,
        revoke="Delete the token of the service account.",
        generate=shaped("gl", "sa_", (ALPHANUMERIC, 32), "_", (HEX, 8)),
    ),
)
