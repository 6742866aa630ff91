"""Voyage AI: API keys begin with `pa-`.

Keys: https://docs.voyageai.com/docs/api-key-and-installation
"""

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="voyage-key",
        title="Voyage AI API key",
        pattern=r"pa-[0-9A-Za-z_-]{43}(?![0-9A-Za-z_-])",
        names=("voyage", "voyageai"),
        marks=("pa-",),
        secret_name="VOYAGE_API_KEY",
        rotate_url="https://dashboard.voyageai.com/organization/api-keys",
        revoke="Delete the key in the dashboard.",
        generate=shaped("p", "a-", (BASE64URL, 43)),
        calls=(Call("voyageai.Client", "api_key", 0), Call("voyageai.AsyncClient", "api_key", 0)),
    ),
)
