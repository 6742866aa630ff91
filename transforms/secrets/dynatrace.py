"""Dynatrace: tokens begin with `dt0` and their kind, in three parts.

Keys: https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens
"""

from transforms.secrets.kinds import UPPER_DIGITS, SecretKind, shaped

KINDS = (
    SecretKind(
        id="dynatrace-token",
        title="Dynatrace token",
        pattern=r"dt0[a-z]\d\d\.[0-9A-Z]{24}\.[0-9A-Z]{64}\b",
        names=("dynatrace",),
        marks=("dt0c01.", "dt0s"),
        secret_name="DYNATRACE_API_TOKEN",
        rotate_url=None,
        revoke="Revoke the token under Access tokens.",
        generate=shaped("dt0", "c01.", (UPPER_DIGITS, 24), ".", (UPPER_DIGITS, 64)),
    ),
)
