"""Weaviate Cloud: API keys without a prefix; name and call tell.

Keys: https://docs.weaviate.io/cloud/manage-clusters/authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="weaviate-key",
        title="Weaviate API key",
        pattern=None,
        names=("weaviate", "wcs", "wcd"),
        secret_name="WEAVIATE_API_KEY",
        rotate_url="https://console.weaviate.cloud",
        revoke="Rotate the key of the cluster.",
        generate=shaped((ALPHANUMERIC, 36)),
        calls=(
            Call("weaviate.auth.AuthApiKey", "api_key", 0),
            Call("weaviate.AuthApiKey", "api_key", 0),
            Call("weaviate.classes.init.Auth.api_key", "api_key", 0),
            Call("weaviate.connect_to_weaviate_cloud", "auth_credentials", 1),
            Call("weaviate.use_async_with_weaviate_cloud", "auth_credentials", 1),
        ),
    ),
)
