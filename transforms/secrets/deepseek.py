"""DeepSeek: API keys are `sk-` and 32 hexadecimal digits, as those of others are.

Keys: https://api-docs.deepseek.com
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="deepseek-key",
        title="DeepSeek API key",
        pattern=r"sk-[0-9a-f]{32}\b",
        names=("deepseek",),
        certain="",
        marks=("sk-",),
        secret_name="DEEPSEEK_API_KEY",
        rotate_url="https://platform.deepseek.com/api_keys",
        revoke="Delete the key on the API keys page.",
        generate=shaped("s", "k-", (HEX, 32)),
        calls=(Call("langchain_deepseek.ChatDeepSeek", "api_key"),),
    ),
)
