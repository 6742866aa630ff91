"""Asana: personal access tokens have two or three parts after `1/` or `2/`.

Keys: https://developers.asana.com/docs/personal-access-token
"""

from transforms.secrets.kinds import DIGITS, HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="asana-token",
        title="Asana token",
        pattern=r"[12]/\d{15,17}(?:/\d{15,17})?:[0-9a-f]{32}\b",
        names=("asana",),
        marks=("1/1", "2/1", "1/2", "2/2", "asana", "ASANA"),
        secret_name="ASANA_ACCESS_TOKEN",
        rotate_url="https://app.asana.com/0/my-apps",
        revoke="Revoke the token.",
        generate=shaped("2", "/", (DIGITS, 16), "/", (DIGITS, 16), ":", (HEX, 32)),
    ),
)
