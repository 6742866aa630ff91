"""Weights & Biases: API keys are 40 hexadecimal digits; name and call tell.

Keys: https://docs.wandb.ai/quickstart
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="wandb-key",
        title="Weights & Biases API key",
        pattern=None,
        names=("wandb",),
        secret_name="WANDB_API_KEY",
        rotate_url="https://docs.wandb.ai/platform/hosting/iam/api-keys",
        revoke="Delete the key in the user settings.",
        generate=shaped((HEX, 40)),
        calls=(Call("wandb.login", "key"), Call("wandb.Api", "api_key")),
    ),
)
