"""Intercom: access tokens in base 64; name and call tell.

Keys: https://developers.intercom.com/docs/build-an-integration/learn-more/authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="intercom-token",
        title="Intercom access token",
        pattern=None,
        names=("intercom",),
        secret_name="INTERCOM_ACCESS_TOKEN",
        rotate_url="https://app.intercom.com/a/apps/_/developer-hub",
        revoke="Regenerate the token.",
        generate=shaped("dG9r", (ALPHANUMERIC, 55), "="),
        calls=(Call("intercom.Intercom", "token"),),
    ),
)
