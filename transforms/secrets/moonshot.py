"""Moonshot (Kimi): API keys that look like old ones of OpenAI; the name tells.

Keys: https://platform.kimi.ai/docs/overview
"""

from transforms.secrets.kinds import ALPHANUMERIC, SecretKind, shaped

KINDS = (
    SecretKind(
        id="moonshot-key",
        title="Moonshot API key",
        pattern=None,
        names=("moonshot", "kimi"),
        secret_name="MOONSHOT_API_KEY",
        rotate_url="https://platform.kimi.ai/console/api-keys",
        revoke="Delete the key in the console.",
        generate=shaped("sk-", (ALPHANUMERIC, 48)),
        looks_like=("openai-key",),
    ),
)
