"""Stytch: project secrets begin with `secret-live-` or `secret-test-`.

Keys: https://stytch.com/docs/workspace-management/programmatic-workspace-actions/overview
"""

from transforms.secrets.kinds import BASE64URL, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="stytch-secret",
        title="Stytch secret",
        pattern=r"secret-(?:live|test)-[0-9A-Za-z_-]{35}[0-9A-Za-z_=-]",
        names=("stytch",),
        marks=("secret-live-", "secret-test-"),
        secret_name="STYTCH_SECRET",
        rotate_url="https://stytch.com/dashboard/api-keys",
        revoke="Delete the secret in the dashboard.",
        generate=shaped("secret", "-live-", (BASE64URL, 35), "="),
        calls=(Call("stytch.Client", "secret"), Call("stytch.B2BClient", "secret")),
        harm=Harm.TAKE_OVER,
    ),
)
