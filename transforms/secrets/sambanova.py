"""SambaNova: API keys are UUIDs; the name tells.

Keys: https://docs.sambanova.ai/docs/en/get-started/api-keys-urls
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="sambanova-key",
        title="SambaNova API key",
        pattern=None,
        names=("sambanova",),
        secret_name="SAMBANOVA_API_KEY",
        rotate_url="https://cloud.sambanova.ai/apis",
        revoke="Delete the key in the console.",
        generate=shaped((HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        calls=(
            Call("langchain_sambanova.ChatSambaNovaCloud", "sambanova_api_key"),
            Call("langchain_sambanova.ChatSambaNova", "api_key"),
            Call("langchain_sambanova.ChatSambaNova", "sambanova_api_key"),
            Call("langchain_sambanova.SambaNovaEmbeddings", "api_key"),
        ),
    ),
)
