"""Serper: API keys are 40 hexadecimal digits; name and call tell.

Keys: https://serper.dev
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="serper-key",
        title="Serper API key",
        pattern=None,
        names=("serper",),
        secret_name="SERPER_API_KEY",
        rotate_url="https://serper.dev/api-key",
        revoke="Make a new key and delete the old one.",
        generate=shaped((HEX, 40)),
        calls=(Call("langchain_community.utilities.GoogleSerperAPIWrapper", "serper_api_key"),),
    ),
)
