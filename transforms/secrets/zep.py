"""Zep: API keys begin with `z_`; name and call tell.

Keys: https://help.getzep.com
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="zep-key",
        title="Zep API key",
        pattern=None,
        names=("zep",),
        secret_name="ZEP_API_KEY",
        rotate_url="https://app.getzep.com",
        revoke="Delete the key of the project.",
        generate=shaped("z", "_", (ALPHANUMERIC, 60)),
        calls=(
            Call("zep_cloud.Zep", "api_key"),
            Call("zep_cloud.AsyncZep", "api_key"),
            Call("zep_cloud.client.Zep", "api_key"),
            Call("zep_cloud.client.AsyncZep", "api_key"),
        ),
    ),
)
