"""Typeform: personal access tokens begin with `tfp_`.

Keys: https://www.typeform.com/developers/get-started/personal-access-token/
"""

from transforms.secrets.kinds import ALPHANUMERIC, SecretKind, shaped

KINDS = (
    SecretKind(
        id="typeform-token",
        title="Typeform token",
        pattern=r"tfp_[0-9A-Za-z_]{40,59}\b",
        names=("typeform",),
        marks=("tfp_",),
        secret_name="TYPEFORM_TOKEN",
        rotate_url="https://admin.typeform.com/user/tokens",
        revoke="Revoke the token.",
        generate=shaped("tf", "p_", (ALPHANUMERIC, 44)),
    ),
)
