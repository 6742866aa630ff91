"""Pinecone: project API keys begin with `pcsk_`; older ones are UUIDs, which name and call tell.

Keys: https://docs.pinecone.io/guides/projects/manage-api-keys
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="pinecone-key",
        title="Pinecone API key",
        pattern=r"pcsk_[0-9A-Za-z]{5,6}_[0-9A-Za-z]{50,70}\b",
        names=("pinecone",),
        marks=("pcsk_",),
        secret_name="PINECONE_API_KEY",
        rotate_url="https://docs.pinecone.io/admin/security/rotate-keys-and-secrets",
        revoke="Delete the key in the project.",
        generate=shaped("pc", "sk_", (ALPHANUMERIC, 5), "_", (ALPHANUMERIC, 63)),
        calls=(
            Call("pinecone.Pinecone", "api_key", 0),
            Call("pinecone.init", "api_key", 0),
            Call("langchain_pinecone.PineconeVectorStore", "pinecone_api_key"),
            Call("langchain_pinecone.PineconeEmbeddings", "pinecone_api_key"),
        ),
    ),
)
