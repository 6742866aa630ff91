"""NVIDIA: keys of its API catalogue and NGC begin with `nvapi-`.

Keys: https://docs.nvidia.com/ngc/gpu-cloud/ngc-user-guide/index.html
"""

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="nvidia-key",
        title="NVIDIA API key",
        pattern=r"nvapi-[0-9A-Za-z_-]{60,70}(?![0-9A-Za-z_-])",
        names=("nvidia", "ngc"),
        marks=("nvapi-",),
        secret_name="NVIDIA_API_KEY",
        rotate_url="https://org.ngc.nvidia.com/setup/api-keys",
        revoke="Delete the key in the console.",
        generate=shaped("nva", "pi-", (BASE64URL, 64)),
        calls=(
            Call("langchain_nvidia_ai_endpoints.ChatNVIDIA", "api_key"),
            Call("langchain_nvidia_ai_endpoints.ChatNVIDIA", "nvidia_api_key"),
            Call("langchain_nvidia_ai_endpoints.NVIDIAEmbeddings", "api_key"),
            Call("langchain_nvidia_ai_endpoints.NVIDIAEmbeddings", "nvidia_api_key"),
        ),
    ),
)
