"""Telnyx: API keys begin with `KEY`.

Keys: https://developers.telnyx.com/api/authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, UPPER_HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="telnyx-key",
        title="Telnyx API key",
        pattern=r"KEY0[0-9A-F]{31}_[0-9A-Za-z]{22}\b",
        names=("telnyx",),
        marks=("KEY0",),
        secret_name="TELNYX_API_KEY",
        rotate_url="https://portal.telnyx.com/#/app/api-keys",
        revoke="Delete the key.",
        generate=shaped("KE", "Y0", (UPPER_HEX, 31), "_", (ALPHANUMERIC, 22)),
        calls=(Call("telnyx.Telnyx", "api_key"),),
    ),
)
