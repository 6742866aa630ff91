"""Pydantic Logfire: write tokens begin with `pylf_`.

Keys: https://pydantic.dev/docs/logfire/manage/create-write-tokens/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="logfire-token",
        title="Logfire token",
        pattern=r"pylf_v\d_(?:us|eu|stagingus)_[0-9A-Za-z]{43}\b",
        names=("logfire",),
        marks=("pylf_v",),
        secret_name="LOGFIRE_TOKEN",
        rotate_url="https://logfire.pydantic.dev",
        revoke="Revoke the token in the settings of the project.",
        generate=shaped("pylf_", "v1_us_", (ALPHANUMERIC, 43)),
        calls=(Call("logfire.configure", "token"),),
    ),
)
