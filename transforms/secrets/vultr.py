"""Vultr: API keys of 36 capital letters and digits; the name tells.

Keys: https://docs.vultr.com/support/platform/api
"""

from transforms.secrets.kinds import UPPER_DIGITS, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="vultr-key",
        title="Vultr API key",
        pattern=None,
        names=("vultr",),
        secret_name="VULTR_API_KEY",
        rotate_url="https://my.vultr.com/settings/#settingsapi",
        revoke="Regenerate the key.",
        generate=shaped((UPPER_DIGITS, 36)),
        harm=Harm.TAKE_OVER,
    ),
)
