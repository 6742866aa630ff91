"""Sentry: tokens of organisations begin with `sntrys_`, of users with `sntryu_`. A DSN is public.

Keys: https://docs.sentry.io/account/auth-tokens/
"""

from transforms.secrets.kinds import HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="sentry-token",
        title="Sentry auth token",
        pattern=r"(?:sntryu_[0-9a-f]{64}|sntrys_[0-9A-Za-z+/=_-]{80,400})(?![0-9A-Za-z+/=_-])",
        names=("sentry auth", "sentry api"),
        marks=("sntryu_", "sntrys_"),
        secret_name="SENTRY_AUTH_TOKEN",
        rotate_url="https://sentry.io/settings/auth-tokens/",
        revoke="Revoke the token.",
        generate=shaped("snt", "ryu_", (HEX, 64)),
    ),
)
