"""AI21 Labs: API keys without a prefix; name and call tell.

Keys: https://docs.ai21.com/docs/quickstart
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="ai21-key",
        title="AI21 API key",
        pattern=None,
        names=("ai 21",),
        secret_name="AI21_API_KEY",
        rotate_url="https://docs.ai21.com/docs/create-api-key",
        revoke="Delete the key in the account.",
        generate=shaped((ALPHANUMERIC, 32)),
        calls=(Call("ai21.AI21Client", "api_key", 0), Call("ai21.AsyncAI21Client", "api_key", 0)),
    ),
)
