"""Postmark: server tokens are UUIDs; name and call tell.

Keys: https://postmarkapp.com/developer/api/overview#authentication
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="postmark-token",
        title="Postmark server token",
        pattern=None,
        names=("postmark",),
        secret_name="POSTMARK_SERVER_TOKEN",
        rotate_url="https://account.postmarkapp.com/servers",
        revoke="Delete the token of the server.",
        generate=shaped((HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        calls=(Call("postmarker.core.PostmarkClient", "server_token"),),
    ),
)
