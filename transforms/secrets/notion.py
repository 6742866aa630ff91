"""Notion: integration tokens begin with `ntn_`, older ones with `secret_`.

Keys: https://developers.notion.com/docs/authorization
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="notion-token",
        title="Notion integration token",
        pattern=r"(?:ntn_[0-9A-Za-z]{46}|secret_[0-9A-Za-z]{43})\b",
        names=("notion",),
        marks=("ntn_", "secret_"),
        secret_name="NOTION_TOKEN",
        rotate_url="https://www.notion.so/profile/integrations",
        revoke="Refresh the secret of the integration.",
        generate=shaped("nt", "n_", (ALPHANUMERIC, 46)),
        calls=(Call("notion_client.Client", "auth"), Call("notion_client.AsyncClient", "auth")),
    ),
)
