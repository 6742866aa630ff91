"""Shippo: API tokens begin with `shippo_live_` or `shippo_test_`.

Keys: https://docs.goshippo.com/docs/guides_general/authentication/
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="shippo-token",
        title="Shippo API token",
        pattern=r"shippo_(?:live|test)_[0-9A-Fa-f]{40}\b",
        names=("shippo",),
        marks=("shippo_live_", "shippo_test_"),
        secret_name="SHIPPO_API_TOKEN",
        rotate_url="https://portal.goshippo.com/api-config/api",
        revoke="Delete the token.",
        generate=shaped("shippo", "_live_", (HEX, 40)),
        calls=(Call("shippo.Shippo", "api_key_header"),),
    ),
)
