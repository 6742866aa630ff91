"""Plivo: auth tokens of 40 characters; name and call tell.

Keys: https://www.plivo.com/docs/account/authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="plivo-token",
        title="Plivo auth token",
        pattern=None,
        names=("plivo",),
        secret_name="PLIVO_AUTH_TOKEN",
        rotate_url="https://console.plivo.com/dashboard/",
        revoke="Regenerate the token.",
        generate=shaped((ALPHANUMERIC, 40)),
        calls=(Call("plivo.RestClient", "auth_token", 1),),
    ),
)
