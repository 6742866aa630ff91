"""Mistral AI: API keys of 32 letters and digits without a prefix; name and call tell.

Keys: https://docs.mistral.ai/admin/identity-access/api-keys
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="mistral-key",
        title="Mistral API key",
        pattern=None,
        names=("mistral", "mistralai"),
        secret_name="MISTRAL_API_KEY",
        rotate_url="https://console.mistral.ai/api-keys",
        revoke="Delete the key in the console.",
        generate=shaped((ALPHANUMERIC, 32)),
        calls=(
            Call("mistralai.Mistral", "api_key", 0),
            Call("mistralai.client.MistralClient", "api_key"),
            Call("langchain_mistralai.ChatMistralAI", "api_key"),
            Call("mistralai.client.Mistral", "api_key", 0),
            Call("langchain_mistralai.ChatMistralAI", "mistral_api_key"),
            Call("langchain_mistralai.MistralAIEmbeddings", "api_key"),
            Call("langchain_mistralai.MistralAIEmbeddings", "mistral_api_key"),
        ),
    ),
)
