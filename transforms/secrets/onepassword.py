"""1Password: tokens of service accounts begin with `ops_`.

Keys: https://developer.1password.com/docs/service-accounts/security/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="onepassword-token",
        title="1Password service account token",
        pattern=r"ops_eyJ[0-9A-Za-z+/=_-]{200,1500}",
        names=("onepassword", "op service"),
        marks=("ops_eyJ",),
        secret_name="OP_SERVICE_ACCOUNT_TOKEN",
        rotate_url="https://my.1password.com/developer-tools/infrastructure-secrets",
        revoke="Revoke the token of the service account.",
        generate=shaped("ops", "_eyJ", (ALPHANUMERIC, 260)),
        calls=(Call("onepassword.client.Client.authenticate", "auth"),),
        harm=Harm.TAKE_OVER,
    ),
)
