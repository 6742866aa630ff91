"""Jina AI: API keys begin with `jina_`.

Keys: https://jina.ai/embeddings
"""

from transforms.secrets.kinds import BASE64URL, HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="jina-key",
        title="Jina AI API key",
        pattern=r"jina_[0-9A-Za-z_-]{60}(?![0-9A-Za-z_-])",
        names=("jina", "jinaai"),
        marks=("jina_",),
        secret_name="JINA_API_KEY",
        rotate_url="https://jina.ai/api-dashboard/key-manager",
        revoke="Delete the key in the key manager.",
        generate=shaped("ji", "na_", (HEX, 32), (BASE64URL, 28)),
        calls=(Call("langchain_community.embeddings.JinaEmbeddings", "jina_api_key"),),
    ),
)
