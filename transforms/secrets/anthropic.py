"""Anthropic: API and admin keys.

Keys: https://platform.claude.com/docs/get-api-key
"""

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="anthropic-key",
        title="Anthropic API key",
        pattern=r"sk-ant-[a-z]{3,5}\d\d-[0-9A-Za-z_-]{40,110}(?![0-9A-Za-z_-])",
        names=("anthropic", "claude"),
        marks=("sk-ant-",),
        secret_name="ANTHROPIC_API_KEY",
        rotate_url="https://platform.claude.com/settings/keys",
        revoke="Disable or delete the key in the console.",
        generate=shaped("sk-", "ant-api03-", (BASE64URL, 93), "AA"),
        calls=(
            Call("anthropic.Anthropic", "api_key"),
            Call("anthropic.AsyncAnthropic", "api_key"),
            Call("langchain_anthropic.ChatAnthropic", "api_key"),
            Call("langchain_anthropic.ChatAnthropic", "anthropic_api_key"),
        ),
    ),
)
