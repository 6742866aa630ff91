"""Cal.com: API keys begin with `cal_live_`.

Keys: https://cal.com/docs/api-reference/v2/introduction
"""

from transforms.secrets.kinds import HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="calcom-key",
        title="Cal.com API key",
        pattern=r"cal_live_[0-9a-f]{32}\b",
        names=("calcom", "cal com"),
        marks=("cal_live_",),
        secret_name="CALCOM_API_KEY",
        rotate_url="https://app.cal.com/settings/developer/api-keys",
        revoke="Delete the key in the settings.",
        generate=shaped("cal", "_live_", (HEX, 32)),
    ),
)
