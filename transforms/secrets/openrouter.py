"""OpenRouter: API keys begin with `sk-or-v1-`.

Keys: https://openrouter.ai/docs/api-reference/authentication
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="openrouter-key",
        title="OpenRouter API key",
        pattern=r"sk-or-v1-[0-9a-f]{64}\b",
        names=("openrouter",),
        marks=("sk-or-v1-",),
        secret_name="OPENROUTER_API_KEY",
        rotate_url="https://openrouter.ai/settings/keys",
        revoke="Delete the key in the settings.",
        generate=shaped("sk-o", "r-v1-", (HEX, 64)),
        calls=(Call("langchain_openrouter.ChatOpenRouter", "api_key"),),
    ),
)
