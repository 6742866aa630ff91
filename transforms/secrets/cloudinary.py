"""Cloudinary: API secrets of 27 characters; name and call tell.

Keys: https://cloudinary.com/documentation/admin_api
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="cloudinary-secret",
        title="Cloudinary API secret",
        pattern=None,
        names=("cloudinary",),
        secret_name="CLOUDINARY_API_SECRET",
        rotate_url="https://console.cloudinary.com/settings/api-keys",
        revoke="Delete the key in the console: its secret goes with it.",
        generate=shaped((ALPHANUMERIC, 27)),
        calls=(Call("cloudinary.config", "api_secret"),),
    ),
)
