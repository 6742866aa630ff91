"""Zoom: client and webhook secrets without a prefix; the name tells.

Keys: https://developers.zoom.us/docs/internal-apps/s2s-oauth/
"""

from transforms.secrets.kinds import ALPHANUMERIC, SecretKind, shaped

KINDS = (
    SecretKind(
        id="zoom-secret",
        title="Zoom secret",
        pattern=None,
        names=("zoom api", "zoom client", "zoom webhook", "zoom secret"),
        secret_name="ZOOM_CLIENT_SECRET",
        rotate_url="https://marketplace.zoom.us/user/build",
        revoke="Regenerate the secret of the app.",
        generate=shaped((ALPHANUMERIC, 32)),
    ),
)
