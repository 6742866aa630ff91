"""Weights & Biases: API keys begin with `wandb_v1_`; older ones are 40 hexadecimal digits, which name and call tell.

Keys: https://docs.wandb.ai/platform/hosting/iam/api-keys
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="wandb-key",
        title="Weights & Biases API key",
        pattern=r"wandb_v1_[0-9A-Za-z_]{77}\b",
        names=("wandb",),
        marks=("wandb_v1_",),
        secret_name="WANDB_API_KEY",
        rotate_url="https://docs.wandb.ai/platform/hosting/iam/api-keys",
        revoke="Delete the key in the user settings.",
        generate=shaped("wan", "db_v1_", (ALPHANUMERIC, 77)),
        calls=(Call("wandb.login", "key"), Call("wandb.Api", "api_key")),
    ),
)
