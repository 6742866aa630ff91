"""Svix: tokens begin with `sk_` and `testsk_`; name and call tell.

Keys: https://docs.svix.com
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="svix-token",
        title="Svix API token",
        pattern=None,
        names=("svix",),
        secret_name="SVIX_AUTH_TOKEN",
        rotate_url="https://dashboard.svix.com",
        revoke="Expire the key in the dashboard.",
        generate=shaped("test", "sk_", (ALPHANUMERIC, 32), ".us"),
        calls=(Call("svix.api.Svix", "auth_token", 0), Call("svix.api.SvixAsync", "auth_token", 0)),
    ),
)
