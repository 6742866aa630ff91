"""Keys, tokens and client secrets of services without a file of their own: known by name and by how random they are."""

from transforms.secrets.kinds import ALPHANUMERIC, SecretKind, shaped

_REVOKE = "Make a new one where this one was issued, and revoke the old one there."

KINDS = (
    SecretKind(
        id="api-key",
        title="API key",
        pattern=None,
        names=(),
        secret_name="API_KEY",
        rotate_url=None,
        revoke=_REVOKE,
        generate=shaped((ALPHANUMERIC, 40)),
    ),
    SecretKind(
        id="access-token",
        title="Access token",
        pattern=None,
        names=(),
        secret_name="ACCESS_TOKEN",
        rotate_url=None,
        revoke=_REVOKE,
        generate=shaped((ALPHANUMERIC, 44)),
    ),
    SecretKind(
        id="oauth-client-secret",
        title="OAuth client secret",
        pattern=None,
        names=(),
        secret_name="CLIENT_SECRET",
        rotate_url=None,
        revoke=_REVOKE,
        generate=shaped((ALPHANUMERIC, 36)),
    ),
    SecretKind(
        id="json-web-token",
        title="Signed token",
        pattern=r"eyJ[0-9A-Za-z_-]{10,200}\.eyJ[0-9A-Za-z_-]{10,1200}\.[0-9A-Za-z_-]{20,700}(?![0-9A-Za-z_-])",
        names=(),
        marks=("eyJ",),
        secret_name="ACCESS_TOKEN",
        rotate_url=None,
        revoke="Revoke the session or rotate the key that signed it: until it expires it works for anybody.",
        generate=shaped("ey", "J", (ALPHANUMERIC, 33), ".ey", "J", (ALPHANUMERIC, 60), ".", (ALPHANUMERIC, 43)),
    ),
)
