"""Linkup: API keys are UUIDs; name and call tell.

Keys: https://docs.linkup.so/pages/documentation/get-started/introduction
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="linkup-key",
        title="Linkup API key",
        pattern=None,
        names=("linkup",),
        secret_name="LINKUP_API_KEY",
        rotate_url="https://app.linkup.so/api-keys",
        revoke="Delete the key in the dashboard.",
        generate=shaped((HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        calls=(Call("linkup.LinkupClient", "api_key", 0), Call("langchain_linkup.LinkupSearchTool", "linkup_api_key")),
    ),
)
