"""Chroma Cloud: API keys begin with `ck-`.

Keys: https://docs.trychroma.com/cloud/getting-started
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="chroma-key",
        title="Chroma Cloud API key",
        pattern=r"ck-[0-9A-Za-z]{44}\b",
        names=("chroma", "chromadb"),
        marks=("ck-",),
        secret_name="CHROMA_API_KEY",
        rotate_url="https://www.trychroma.com",
        revoke="Delete the key in the settings.",
        generate=shaped("c", "k-", (ALPHANUMERIC, 44)),
        calls=(Call("chromadb.CloudClient", "api_key"), Call("langchain_chroma.Chroma", "chroma_cloud_api_key")),
    ),
)
