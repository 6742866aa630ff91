"""Perplexity: API keys begin with `pplx-`.

Keys: https://docs.perplexity.ai/getting-started/quickstart
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="perplexity-key",
        title="Perplexity API key",
        pattern=r"pplx-[0-9A-Za-z]{40,64}\b",
        names=("perplexity", "pplx"),
        marks=("pplx-",),
        secret_name="PERPLEXITY_API_KEY",
        rotate_url="https://docs.perplexity.ai/guides/api-key-management",
        revoke="Delete the key in the API settings.",
        generate=shaped("pp", "lx-", (ALPHANUMERIC, 48)),
        calls=(
            Call("langchain_perplexity.ChatPerplexity", "pplx_api_key"),
            Call("perplexity.Perplexity", "api_key"),
            Call("perplexity.AsyncPerplexity", "api_key"),
            Call("langchain_perplexity.ChatPerplexity", "api_key"),
        ),
    ),
)
