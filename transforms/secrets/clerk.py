"""Clerk: secret keys that look like those of Stripe; name and call tell.

Keys: https://clerk.com/docs/deployments/clerk-environment-variables
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="clerk-key",
        title="Clerk secret key",
        pattern=None,
        names=("clerk",),
        secret_name="CLERK_SECRET_KEY",
        rotate_url="https://dashboard.clerk.com/~/api-keys",
        revoke="Rotate the key in the dashboard.",
        generate=shaped("sk_live_", (ALPHANUMERIC, 42)),
        calls=(Call("clerk_backend_api.Clerk", "bearer_auth"),),
        harm=Harm.TAKE_OVER,
        looks_like=("stripe-key",),
    ),
)
