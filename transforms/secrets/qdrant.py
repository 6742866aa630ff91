"""Qdrant Cloud: database API keys without a prefix, some of them signed tokens; name and call tell.

Keys: https://qdrant.tech/documentation/cloud/authentication/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="qdrant-key",
        title="Qdrant API key",
        pattern=None,
        names=("qdrant",),
        secret_name="QDRANT_API_KEY",
        rotate_url="https://cloud.qdrant.io",
        revoke="Revoke the key of the cluster.",
        generate=shaped((ALPHANUMERIC, 44)),
        calls=(Call("qdrant_client.QdrantClient", "api_key"), Call("qdrant_client.AsyncQdrantClient", "api_key")),
        looks_like=("json-web-token",),
    ),
)
