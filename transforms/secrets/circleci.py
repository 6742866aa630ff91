"""CircleCI: personal tokens begin with `CCIPAT_`, those of projects with `CCIPRJ_`.

Keys: https://circleci.com/docs/managing-api-tokens/
"""

from transforms.secrets.kinds import ALPHANUMERIC, HEX, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="circleci-token",
        title="CircleCI token",
        pattern=r"CCIP(?:AT|RJ)_[0-9A-Za-z]{22}_[0-9a-f]{40}\b",
        names=("circleci", "circle ci"),
        marks=("CCIPAT_", "CCIPRJ_"),
        secret_name="CIRCLECI_TOKEN",
        rotate_url="https://app.circleci.com/settings/user/tokens",
        revoke="Delete the token.",
        generate=shaped("CCI", "PAT_", (ALPHANUMERIC, 22), "_", (HEX, 40)),
        harm=Harm.TAKE_OVER,
    ),
)
