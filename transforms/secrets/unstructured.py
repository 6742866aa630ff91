"""Unstructured: API keys without a prefix; name and call tell.

Keys: https://docs.unstructured.io/platform-api/overview
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="unstructured-key",
        title="Unstructured API key",
        pattern=None,
        names=("unstructured",),
        secret_name="UNSTRUCTURED_API_KEY",
        rotate_url="https://platform.unstructured.io",
        revoke="Delete the key in the account.",
        generate=shaped((ALPHANUMERIC, 30)),
        calls=(Call("unstructured_client.UnstructuredClient", "api_key_auth", 0),),
    ),
)
