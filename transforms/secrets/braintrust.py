"""Braintrust: API keys begin with `sk-`, as those of others do; name and call tell.

Keys: https://www.braintrust.dev/docs
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="braintrust-key",
        title="Braintrust API key",
        pattern=None,
        names=("braintrust",),
        secret_name="BRAINTRUST_API_KEY",
        rotate_url="https://www.braintrust.dev/app/settings?subroute=api-keys",
        revoke="Delete the key in the settings.",
        generate=shaped("sk", "-", (ALPHANUMERIC, 48)),
        looks_like=("openai-key",),
        calls=(Call("braintrust.login", "api_key"), Call("braintrust.init_logger", "api_key")),
    ),
)
