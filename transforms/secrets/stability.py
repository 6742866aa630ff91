"""Stability AI: API keys that look like old ones of OpenAI; the name tells.

Keys: https://platform.stability.ai/docs/getting-started/authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="stability-key",
        title="Stability AI API key",
        pattern=None,
        names=("stability", "dreamstudio"),
        secret_name="STABILITY_API_KEY",
        rotate_url="https://platform.stability.ai/account/keys",
        revoke="Delete the key in the account.",
        generate=shaped("sk-", (ALPHANUMERIC, 48)),
        calls=(Call("stability_sdk.client.StabilityInference", "key"),),
        looks_like=("openai-key",),
    ),
)
