"""Rollbar: project access tokens are 32 hexadecimal digits; name and call tell.

Keys: https://docs.rollbar.com/docs/access-tokens
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="rollbar-token",
        title="Rollbar access token",
        pattern=None,
        names=("rollbar",),
        secret_name="ROLLBAR_ACCESS_TOKEN",
        rotate_url="https://app.rollbar.com",
        revoke="Disable the token in the project.",
        generate=shaped((HEX, 32)),
        calls=(Call("rollbar.init", "access_token", 0),),
    ),
)
