"""Snowflake: passwords and programmatic tokens; the call tells.

Keys: https://docs.snowflake.com/en/developer-guide/python-connector/python-connector-connect
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="snowflake-password",
        title="Snowflake password",
        pattern=None,
        names=("snowflake",),
        secret_name="SNOWFLAKE_PASSWORD",
        rotate_url=None,
        revoke="Change the password of the user, or better move it to key-pair or workload identity.",
        generate=shaped((ALPHANUMERIC, 15)),
        calls=(Call("snowflake.connector.connect", "password"),),
        harm=Harm.TAKE_OVER,
    ),
)
