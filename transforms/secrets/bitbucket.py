"""Bitbucket: app passwords begin with `ATBB`, access tokens of repositories with `ATCTT3xFfG`.

Keys: https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="bitbucket-token",
        title="Bitbucket token",
        pattern=r"(?:ATBB[0-9A-Za-z]{32}|ATCTT3xFfG[0-9A-Za-z_=-]{100,220})(?![0-9A-Za-z_-])",
        names=("bitbucket",),
        marks=("ATBB", "ATCTT3xFfG"),
        secret_name="BITBUCKET_TOKEN",
        rotate_url="https://id.atlassian.com/manage-profile/security/api-tokens",
        revoke="Revoke the token where it was made: in the account, or among the access tokens of the repository. App "
        "passwords stopped working in June 2026: make an API token with scopes instead.",
        generate=shaped("AT", "BB", (ALPHANUMERIC, 32)),
        calls=(Call("atlassian.bitbucket.Cloud", "token"),),
        harm=Harm.TAKE_OVER,
    ),
)
