"""LlamaCloud (LlamaIndex, LlamaParse): API keys begin with `llx-`.

Keys: https://developers.llamaindex.ai/llamaparse/general/api_key/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="llamacloud-key",
        title="LlamaCloud API key",
        pattern=r"llx-[0-9A-Za-z]{40,60}\b",
        names=("llamacloud", "llama cloud", "llamaparse", "llama parse"),
        marks=("llx-",),
        secret_name="LLAMA_CLOUD_API_KEY",
        rotate_url="https://cloud.llamaindex.ai/api-key",
        revoke="Revoke the key.",
        generate=shaped("ll", "x-", (ALPHANUMERIC, 48)),
        calls=(
            Call("llama_parse.LlamaParse", "api_key"),
            Call("llama_cloud_services.LlamaParse", "api_key"),
            Call("llama_cloud.LlamaCloud", "api_key"),
            Call("llama_cloud.AsyncLlamaCloud", "api_key"),
            Call("llama_cloud_services.LlamaExtract", "api_key"),
        ),
    ),
)
