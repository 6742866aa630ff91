"""Ollama: API keys of its cloud are 32 hexadecimal digits, a dot and 24 characters; the name tells.

Keys: https://ollama.com
"""

from transforms.secrets.kinds import ALPHANUMERIC, HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="ollama-key",
        title="Ollama API key",
        pattern=None,
        names=("ollama",),
        secret_name="OLLAMA_API_KEY",
        rotate_url="https://ollama.com/settings/keys",
        revoke="Delete the key in the settings.",
        generate=shaped((HEX, 32), ".", (ALPHANUMERIC, 24)),
    ),
)
