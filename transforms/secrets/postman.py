"""Postman: API keys begin with `PMAK-`.

Keys: https://learning.postman.com/docs/developer/postman-api/authentication/
"""

from transforms.secrets.kinds import HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="postman-key",
        title="Postman API key",
        pattern=r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}\b",
        names=("postman",),
        marks=("PMAK-",),
        secret_name="POSTMAN_API_KEY",
        rotate_url="https://go.postman.co/settings/me/api-keys",
        revoke="Delete the key.",
        generate=shaped("PM", "AK-", (HEX, 24), "-", (HEX, 34)),
    ),
)
