"""LangSmith: API keys begin with `lsv2_`.

Keys: https://docs.langchain.com/langsmith/create-account-api-key
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="langsmith-key",
        title="LangSmith API key",
        pattern=r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}\b",
        names=("langsmith", "langchain"),
        marks=("lsv2_",),
        secret_name="LANGSMITH_API_KEY",
        rotate_url="https://smith.langchain.com/settings",
        revoke="Delete the key in the settings.",
        generate=shaped("lsv2", "_pt_", (HEX, 32), "_", (HEX, 10)),
        calls=(Call("langsmith.Client", "api_key"),),
    ),
)
