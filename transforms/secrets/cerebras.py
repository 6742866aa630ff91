"""Cerebras: API keys begin with `csk-`.

Keys: https://inference-docs.cerebras.ai/console/api-keys
"""

from transforms.secrets.kinds import LOWER_DIGITS, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="cerebras-key",
        title="Cerebras API key",
        pattern=r"csk-[0-9a-z]{48}\b",
        names=("cerebras",),
        marks=("csk-",),
        secret_name="CEREBRAS_API_KEY",
        rotate_url="https://cloud.cerebras.ai",
        revoke="Delete the key in the console.",
        generate=shaped("cs", "k-", (LOWER_DIGITS, 48)),
        calls=(
            Call("cerebras.cloud.sdk.Cerebras", "api_key"),
            Call("langchain_cerebras.ChatCerebras", "api_key"),
            Call("cerebras.cloud.sdk.AsyncCerebras", "api_key"),
            Call("langchain_cerebras.ChatCerebras", "cerebras_api_key"),
        ),
    ),
)
