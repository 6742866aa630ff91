"""Alibaba Model Studio (DashScope, Qwen): API keys that look like those of DeepSeek; the name tells.

Keys: https://www.alibabacloud.com/help/en/model-studio/get-api-key
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="dashscope-key",
        title="DashScope API key",
        pattern=None,
        names=("dashscope", "qwen"),
        secret_name="DASHSCOPE_API_KEY",
        rotate_url="https://www.alibabacloud.com/help/en/model-studio/get-api-key",
        revoke="Delete the key in the console.",
        generate=shaped("sk-", (HEX, 32)),
        calls=(Call("langchain_community.chat_models.ChatTongyi", "dashscope_api_key"),),
        looks_like=("deepseek-key",),
    ),
)
