"""Atlassian (Jira, Confluence): API tokens begin with `ATATT3xFfGF0`.

Keys: https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/
"""

from transforms.secrets.kinds import BASE64URL, UPPER_HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="atlassian-token",
        title="Atlassian API token",
        pattern=r"ATATT3xFfGF0[0-9A-Za-z_-]{150,190}=[0-9A-F]{8}\b",
        names=("atlassian", "jira", "confluence"),
        marks=("ATATT3xFfGF0",),
        secret_name="ATLASSIAN_API_TOKEN",
        rotate_url="https://id.atlassian.com/manage-profile/security/api-tokens",
        revoke="Revoke the token.",
        generate=shaped("ATATT3", "xFfGF0", (BASE64URL, 171), "=", (UPPER_HEX, 8)),
        calls=(Call("jira.JIRA", "token_auth"), Call("atlassian.Jira", "token"), Call("atlassian.Confluence", "token")),
    ),
)
