"""Infura: API keys and secrets are 32 characters; the name tells.

Keys: https://docs.metamask.io/services/how-to/secure-an-api/
"""

from transforms.secrets.kinds import HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="infura-key",
        title="Infura API key",
        pattern=None,
        names=("infura",),
        secret_name="INFURA_API_KEY",
        rotate_url="https://app.infura.io",
        revoke="Delete the key.",
        generate=shaped((HEX, 32)),
    ),
)
