"""Mem0: API keys begin with `m0-`.

Keys: https://docs.mem0.ai/platform/quickstart
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="mem0-key",
        title="Mem0 API key",
        pattern=r"m0-[0-9A-Za-z]{36,44}\b",
        names=("mem 0",),
        marks=("m0-",),
        secret_name="MEM0_API_KEY",
        rotate_url="https://app.mem0.ai/dashboard/settings?tab=api-keys",
        revoke="Delete the key in the dashboard.",
        generate=shaped("m", "0-", (ALPHANUMERIC, 40)),
        calls=(Call("mem0.MemoryClient", "api_key"), Call("mem0.AsyncMemoryClient", "api_key")),
    ),
)
