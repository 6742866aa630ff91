"""Dropbox: short-lived access tokens begin with `sl.`; app secrets have 15 characters, which the name tells.

Keys: https://www.dropbox.com/developers/documentation/http/documentation#authorization
"""

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="dropbox-token",
        title="Dropbox access token",
        pattern=r"sl\.(?:u\.)?[0-9A-Za-z_-]{130,1200}(?![0-9A-Za-z_-])",
        names=("dropbox",),
        marks=("sl.",),
        secret_name="DROPBOX_ACCESS_TOKEN",
        rotate_url="https://www.dropbox.com/developers/apps",
        revoke="Revoke the token with `/2/auth/token/revoke`.",
        generate=shaped("s", "l.", (BASE64URL, 139), "q"),
        calls=(Call("dropbox.Dropbox", "oauth2_access_token", 0), Call("dropbox.Dropbox", "app_secret")),
    ),
)
