"""Groq: API keys begin with `gsk_`.

Keys: https://console.groq.com/docs/quickstart
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="groq-key",
        title="Groq API key",
        pattern=r"gsk_[0-9A-Za-z]{40,60}\b",
        names=("groq",),
        marks=("gsk_",),
        secret_name="GROQ_API_KEY",
        rotate_url="https://console.groq.com/keys",
        revoke="Delete the key in the console.",
        generate=shaped("gs", "k_", (ALPHANUMERIC, 52)),
        calls=(
            Call("groq.Groq", "api_key"),
            Call("groq.AsyncGroq", "api_key"),
            Call("langchain_groq.ChatGroq", "api_key"),
            Call("langchain_groq.ChatGroq", "groq_api_key"),
        ),
    ),
)
