"""Aiven: passwords of services begin with `AVNS_`.

Keys: https://aiven.io/docs/platform/concepts/authentication-tokens
"""

from transforms.secrets.kinds import BASE64URL, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="aiven-password",
        title="Aiven service password",
        pattern=r"AVNS_[0-9A-Za-z_-]{19}(?![0-9A-Za-z_-])",
        names=("aiven",),
        marks=("AVNS_",),
        secret_name="AIVEN_SERVICE_PASSWORD",
        rotate_url="https://console.aiven.io",
        revoke="Reset the credentials of the service user.",
        generate=shaped("AV", "NS_", (BASE64URL, 18), "q"),
        harm=Harm.TAKE_OVER,
    ),
)
