"""Zilliz Cloud (Milvus): API keys without a prefix; name and call tell.

Keys: https://docs.zilliz.com/docs/manage-api-keys
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="zilliz-key",
        title="Zilliz Cloud API key",
        pattern=None,
        names=("zilliz", "milvus"),
        secret_name="ZILLIZ_API_KEY",
        rotate_url="https://cloud.zilliz.com",
        revoke="Delete the key in the console.",
        generate=shaped((HEX, 72)),
        calls=(Call("pymilvus.MilvusClient", "token"),),
    ),
)
