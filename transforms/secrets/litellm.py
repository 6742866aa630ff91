"""LiteLLM: the master key and the virtual keys of a proxy, which begin with `sk-`; the name tells.

Keys: https://docs.litellm.ai/docs/proxy/virtual_keys
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="litellm-key",
        title="LiteLLM key",
        pattern=None,
        names=("litellm",),
        secret_name="LITELLM_MASTER_KEY",
        rotate_url=None,
        revoke="Set a new master key, or delete the virtual key with `/key/delete`.",
        generate=shaped("sk-", (ALPHANUMERIC, 22)),
        harm=Harm.TAKE_OVER,
        looks_like=("openai-key", "deepseek-key"),
    ),
)
