"""OpenAI: project, service-account and older user keys.

Keys: https://platform.openai.com/docs/api-reference/authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, BASE64URL, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="openai-key",
        title="OpenAI API key",
        pattern=r"sk-(?:(?:proj|svcacct|service|admin)-[0-9A-Za-z_-]{20,200}|[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20}"
        r"|[0-9A-Za-z]{40,64})(?![0-9A-Za-z_-])",
        names=("openai", "gpt", "chatgpt"),
        certain=r"sk-(?:proj|svcacct|service|admin)-.*|.*T3BlbkFJ.*",  # the older ones without that are everybody's
        marks=("sk-",),
        secret_name="OPENAI_API_KEY",
        rotate_url="https://platform.openai.com/api-keys",
        revoke="Delete the key on the API keys page; its use stops at once.",
        generate=shaped("sk-", "proj-", (BASE64URL, 74), "T3Blbk", "FJ", (BASE64URL, 73), (ALPHANUMERIC, 1)),
        calls=(
            Call("openai.OpenAI", "api_key"),
            Call("openai.AsyncOpenAI", "api_key"),
            Call("langchain_openai.ChatOpenAI", "api_key"),
            Call("langchain_openai.ChatOpenAI", "openai_api_key"),
            Call("langchain_openai.OpenAIEmbeddings", "api_key"),
            Call("langchain_openai.OpenAIEmbeddings", "openai_api_key"),
        ),
    ),
)
