"""Together AI: API keys begin with `tgp_v1_`; older ones are 64 hexadecimal digits, which the name tells.

Keys: https://docs.together.ai/reference/authentication-1
"""

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="together-key",
        title="Together AI API key",
        pattern=r"tgp_v1_[0-9A-Za-z_-]{43}(?![0-9A-Za-z_-])",
        names=("together ai", "togetherai", "together api"),
        marks=("tgp_v1_",),
        secret_name="TOGETHER_API_KEY",
        rotate_url="https://api.together.ai/settings/api-keys",
        revoke="Regenerate the key in the settings.",
        generate=shaped("tgp", "_v1_", (BASE64URL, 43)),
        calls=(
            Call("together.Together", "api_key"),
            Call("langchain_together.ChatTogether", "api_key"),
            Call("together.AsyncTogether", "api_key"),
            Call("langchain_together.ChatTogether", "together_api_key"),
            Call("langchain_together.TogetherEmbeddings", "api_key"),
            Call("langchain_together.TogetherEmbeddings", "together_api_key"),
        ),
    ),
)
