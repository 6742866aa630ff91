"""OneSignal: keys begin with `os_v2_app_` or `os_v2_org_`.

Keys: https://documentation.onesignal.com/docs/en/keys-and-ids
"""

from transforms.secrets.kinds import LOWER_DIGITS, SecretKind, shaped

KINDS = (
    SecretKind(
        id="onesignal-key",
        title="OneSignal API key",
        pattern=r"os_v2_(?:app|org)_[0-9a-z]{80,120}\b",
        names=("onesignal",),
        marks=("os_v2_",),
        secret_name="ONESIGNAL_API_KEY",
        rotate_url="https://dashboard.onesignal.com",
        revoke="Rotate the key.",
        generate=shaped("os_v2", "_app_", (LOWER_DIGITS, 104)),
    ),
)
