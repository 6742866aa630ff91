"""ClickUp: personal tokens begin with `pk_` and a number.

Keys: https://developer.clickup.com/docs/authentication
"""

from transforms.secrets.kinds import DIGITS, UPPER_DIGITS, SecretKind, shaped

KINDS = (
    SecretKind(
        id="clickup-token",
        title="ClickUp token",
        pattern=r"pk_\d{6,9}_[0-9A-Z]{32}\b",
        names=("clickup",),
        marks=("pk_",),
        secret_name="CLICKUP_API_TOKEN",
        rotate_url="https://app.clickup.com/settings/apps",
        revoke="Regenerate the token.",
        generate=shaped("p", "k_", (DIGITS, 8), "_", (UPPER_DIGITS, 32)),
    ),
)
