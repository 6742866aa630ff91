"""Z.ai (Zhipu): API keys are 32 hexadecimal digits, a dot and 16 letters and digits, in a file that speaks of Z.ai.

Keys: https://docs.z.ai/api-reference/introduction
"""

from transforms.secrets.kinds import ALPHANUMERIC, HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="zai-key",
        title="Z.ai API key",
        pattern=r"[0-9a-f]{32}\.[0-9A-Za-z]{16}\b",
        names=("zai", "zhipu", "zhipuai", "glm"),
        marks=("zhipu", "Zhipu", "ZHIPU", "ZAI_", "zai_", "z.ai", "bigmodel"),
        secret_name="ZAI_API_KEY",
        rotate_url="https://z.ai/manage-apikey/apikey-list",
        revoke="Delete the key on the page of API keys.",
        generate=shaped((HEX, 32), ".", (ALPHANUMERIC, 16)),
        calls=(
            Call("zai.ZaiClient", "api_key"),
            Call("zai.ZhipuAiClient", "api_key"),
            Call("zhipuai.ZhipuAI", "api_key"),
        ),
    ),
)
