"""Etherscan: API keys of 34 capital letters and digits; the name tells.

Keys: https://docs.etherscan.io/getting-an-api-key
"""

from transforms.secrets.kinds import UPPER_DIGITS, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="etherscan-key",
        title="Etherscan API key",
        pattern=None,
        names=("etherscan",),
        secret_name="ETHERSCAN_API_KEY",
        rotate_url="https://etherscan.io/myapikey",
        revoke="Delete the key.",
        generate=shaped((UPPER_DIGITS, 34)),
        calls=(Call("etherscan.Etherscan", "api_key", 0),),
    ),
)
