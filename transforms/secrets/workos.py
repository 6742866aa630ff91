"""WorkOS: API keys begin with `sk_` and look like those of others; name and call tell.

Keys: https://workos.com/docs/reference/api-keys
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="workos-key",
        title="WorkOS API key",
        pattern=None,
        names=("workos",),
        secret_name="WORKOS_API_KEY",
        rotate_url="https://dashboard.workos.com/api-keys",
        revoke="Delete the key.",
        generate=shaped("sk_live_", (ALPHANUMERIC, 44)),
        calls=(Call("workos.WorkOSClient", "api_key"), Call("workos.AsyncWorkOSClient", "api_key")),
        harm=Harm.TAKE_OVER,
        looks_like=("stripe-key",),
    ),
)
