"""PostHog: personal API keys begin with `phx_`; project keys (`phc_`) are public.

Keys: https://posthog.com/docs/api
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="posthog-key",
        title="PostHog personal API key",
        pattern=r"phx_[0-9A-Za-z_]{40,60}\b",
        names=("posthog personal",),
        marks=("phx_",),
        secret_name="POSTHOG_PERSONAL_API_KEY",
        rotate_url="https://app.posthog.com/settings/user-api-keys",
        revoke="Delete the key.",
        generate=shaped("ph", "x_", (ALPHANUMERIC, 43)),
        calls=(Call("posthog.Posthog", "personal_api_key"),),
    ),
)
