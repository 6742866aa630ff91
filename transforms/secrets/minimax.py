"""MiniMax: API keys begin with `sk-api-`.

Keys: https://platform.minimax.io
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="minimax-key",
        title="MiniMax API key",
        pattern=r"sk-api-[0-9A-Za-z_-]{119}(?![0-9A-Za-z_-])",
        names=("minimax",),
        marks=("sk-api-",),
        secret_name="MINIMAX_API_KEY",
        rotate_url="https://platform.minimax.io/user-center/basic-information/interface-key",
        revoke="Delete the key on the page of interface keys.",
        generate=shaped("sk-", "api-", (ALPHANUMERIC, 119)),
        calls=(Call("langchain_community.chat_models.MiniMaxChat", "minimax_api_key"),),
    ),
)
