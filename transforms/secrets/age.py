"""age: secret keys of its file encryption begin with `AGE-SECRET-KEY-1`.

Keys: https://github.com/FiloSottile/age#readme
"""

from transforms.secrets.kinds import UPPER_DIGITS, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="age-secret-key",
        title="age secret key",
        pattern=r"AGE-SECRET-KEY-1[0-9A-Z]{58}\b",
        names=(),
        marks=("AGE-SECRET-KEY-1",),
        secret_name="AGE_SECRET_KEY",
        rotate_url=None,
        revoke="Make a new key and encrypt anew; what the old one could read counts as read.",
        generate=shaped("AGE-SECR", "ET-KEY-1", (UPPER_DIGITS, 58)),
        harm=Harm.TAKE_OVER,
    ),
)
