"""Letta: API keys begin with `sk-let-`.

Keys: https://docs.letta.com
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="letta-key",
        title="Letta API key",
        pattern=r"sk-let-[0-9A-Za-z+/_-]{60,200}={0,2}(?![0-9A-Za-z+/=_-])",
        names=("letta",),
        marks=("sk-let-",),
        secret_name="LETTA_API_KEY",
        rotate_url="https://app.letta.com/api-keys",
        revoke="Delete the key on the page of API keys.",
        generate=shaped("sk-", "let-", (ALPHANUMERIC, 98), "=="),
        calls=(
            Call("letta_client.Letta", "api_key"),
            Call("letta_client.Letta", "token"),
            Call("letta_client.AsyncLetta", "api_key"),
        ),
    ),
)
