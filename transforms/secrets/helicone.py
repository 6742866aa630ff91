"""Helicone: API keys begin with `sk-helicone-`.

Keys: https://docs.helicone.ai
"""

from transforms.secrets.kinds import LOWER_DIGITS, SecretKind, shaped

KINDS = (
    SecretKind(
        id="helicone-key",
        title="Helicone API key",
        pattern=r"sk-helicone-(?:[a-z]{2,6}-)?[0-9a-z]{7}(?:-[0-9a-z]{7}){3}\b",
        names=("helicone",),
        marks=("sk-helicone-",),
        secret_name="HELICONE_API_KEY",
        rotate_url="https://us.helicone.ai/settings/api-keys",
        revoke="Delete the key in the settings.",
        generate=shaped(
            "sk-",
            "helicone-",
            (LOWER_DIGITS, 7),
            "-",
            (LOWER_DIGITS, 7),
            "-",
            (LOWER_DIGITS, 7),
            "-",
            (LOWER_DIGITS, 7),
        ),
    ),
)
