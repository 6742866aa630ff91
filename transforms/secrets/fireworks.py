"""Fireworks AI: API keys begin with `fw_`.

Keys: https://docs.fireworks.ai/api-reference/introduction
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="fireworks-key",
        title="Fireworks AI API key",
        pattern=r"fw_[0-9A-Za-z]{22,24}\b",
        names=("fireworks",),
        marks=("fw_",),
        secret_name="FIREWORKS_API_KEY",
        rotate_url="https://app.fireworks.ai/settings/users/api-keys",
        revoke="Delete the key in the settings.",
        generate=shaped("f", "w_", (ALPHANUMERIC, 22)),
        calls=(
            Call("fireworks.client.Fireworks", "api_key"),
            Call("fireworks.Fireworks", "api_key"),
            Call("langchain_fireworks.ChatFireworks", "api_key"),
            Call("fireworks.AsyncFireworks", "api_key"),
            Call("langchain_fireworks.ChatFireworks", "fireworks_api_key"),
            Call("langchain_fireworks.FireworksEmbeddings", "api_key"),
        ),
    ),
)
