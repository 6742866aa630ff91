"""xAI: API keys begin with `xai-`.

Keys: https://docs.x.ai/developers/quickstart
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="xai-key",
        title="xAI API key",
        pattern=r"xai-[0-9A-Za-z_-]{60,120}(?![0-9A-Za-z_-])",
        names=("xai", "grok"),
        marks=("xai-",),
        secret_name="XAI_API_KEY",
        rotate_url="https://console.x.ai",
        revoke="Delete the key in the console.",
        generate=shaped("xa", "i-", (ALPHANUMERIC, 80)),
        calls=(
            Call("xai_sdk.Client", "api_key"),
            Call("langchain_xai.ChatXAI", "api_key"),
            Call("xai_sdk.AsyncClient", "api_key"),
            Call("langchain_xai.ChatXAI", "xai_api_key"),
        ),
    ),
)
