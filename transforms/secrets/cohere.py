"""Cohere: API keys of 40 letters and digits without a prefix; name and call tell.

Keys: https://docs.cohere.com/docs/rate-limits
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="cohere-key",
        title="Cohere API key",
        pattern=None,
        names=("cohere",),
        secret_name="COHERE_API_KEY",
        rotate_url="https://dashboard.cohere.com/api-keys",
        revoke="Delete the key in the dashboard.",
        generate=shaped((ALPHANUMERIC, 40)),
        calls=(
            Call("cohere.Client", "api_key", 0),
            Call("cohere.ClientV2", "api_key", 0),
            Call("cohere.AsyncClient", "api_key", 0),
            Call("langchain_cohere.ChatCohere", "cohere_api_key"),
            Call("cohere.AsyncClientV2", "api_key", 0),
            Call("langchain_cohere.CohereEmbeddings", "cohere_api_key"),
            Call("langchain_cohere.CohereRerank", "cohere_api_key"),
        ),
    ),
)
