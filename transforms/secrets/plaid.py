"""Plaid: access tokens begin with `access-` and the environment; secrets are 30 hexadecimal digits.

Keys: https://plaid.com/docs/quickstart/glossary/
"""

from transforms.secrets.kinds import HEX, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="plaid-secret",
        title="Plaid secret",
        pattern=None,
        names=("plaid",),
        secret_name="PLAID_SECRET",
        rotate_url="https://dashboard.plaid.com/developers/keys",
        revoke="Rotate the secret in the dashboard.",
        generate=shaped((HEX, 30)),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="plaid-access-token",
        title="Plaid access token",
        pattern=r"access-(?:sandbox|development|production)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        names=(),
        marks=("access-sandbox-", "access-production-", "access-development-"),
        secret_name="PLAID_ACCESS_TOKEN",
        rotate_url="https://dashboard.plaid.com/developers/keys",
        revoke="Call `/item/access_token/invalidate`.",
        generate=shaped(
            "access-pr", "oduction-", (HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)
        ),
        harm=Harm.TAKE_OVER,
    ),
)
