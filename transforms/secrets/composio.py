"""Composio: API keys begin with `ak_`; name and call tell.

Keys: https://docs.composio.dev
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="composio-key",
        title="Composio API key",
        pattern=None,
        names=("composio",),
        secret_name="COMPOSIO_API_KEY",
        rotate_url="https://platform.composio.dev/?next_page=/settings",
        revoke="Delete the key in the settings.",
        generate=shaped("ak", "_", (ALPHANUMERIC, 20)),
        calls=(Call("composio.Composio", "api_key"),),
    ),
)
