"""Hugging Face: user access tokens.

Keys: https://huggingface.co/docs/hub/security-tokens
"""

import string

from transforms.secrets.kinds import Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="huggingface-token",
        title="Hugging Face token",
        pattern=r"(?:hf_|api_org_)[0-9A-Za-z]{30,40}\b",
        names=("huggingface", "hf", "huggingfacehub", "hub"),
        marks=("hf_", "api_org_"),
        secret_name="HF_TOKEN",
        rotate_url="https://huggingface.co/settings/tokens",
        revoke="Invalidate and refresh the token in the settings.",
        generate=shaped("h", "f_", (string.ascii_letters, 34)),
        calls=(
            Call("huggingface_hub.login", "token", 0),
            Call("huggingface_hub.InferenceClient", "token"),
            Call("huggingface_hub.HfApi", "token"),
            Call("huggingface_hub.InferenceClient", "api_key"),
            Call("huggingface_hub.AsyncInferenceClient", "token"),
            Call("langchain_huggingface.HuggingFaceEndpoint", "huggingfacehub_api_token"),
        ),
    ),
)
