"""DeepInfra: API keys of 32 letters and digits; name and call tell.

Keys: https://deepinfra.com/docs
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="deepinfra-key",
        title="DeepInfra API key",
        pattern=None,
        names=("deepinfra",),
        secret_name="DEEPINFRA_API_KEY",
        rotate_url="https://deepinfra.com/dash/api_keys",
        revoke="Delete the key in the dashboard.",
        generate=shaped((ALPHANUMERIC, 32)),
        calls=(Call("langchain_community.chat_models.ChatDeepInfra", "deepinfra_api_token"),),
    ),
)
