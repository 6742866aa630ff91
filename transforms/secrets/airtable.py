"""Airtable: personal access tokens are `pat`, 14 characters, a dot and 64 hexadecimal digits.

Keys: https://airtable.com/developers/web/guides/personal-access-tokens
"""

from transforms.secrets.kinds import ALPHANUMERIC, HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="airtable-token",
        title="Airtable token",
        pattern=r"pat[0-9A-Za-z]{14}\.[0-9a-f]{64}\b",
        names=("airtable",),
        marks=("pat",),
        secret_name="AIRTABLE_TOKEN",
        rotate_url="https://airtable.com/create/tokens",
        revoke="Revoke the token.",
        generate=shaped("p", "at", (ALPHANUMERIC, 14), ".", (HEX, 64)),
        calls=(Call("pyairtable.Api", "api_key", 0),),
    ),
)
