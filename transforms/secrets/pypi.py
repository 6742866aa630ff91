"""PyPI: API tokens begin with `pypi-` and a macaroon whose first part names the index.

Keys: https://pypi.org/help/#apitoken
"""

from transforms.secrets.kinds import BASE64URL, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="pypi-token",
        title="PyPI API token",
        pattern=r"pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[0-9A-Za-z_-]{50,200}(?![0-9A-Za-z_-])",
        names=("pypi", "twine"),
        marks=("pypi-AgE",),
        secret_name="PYPI_TOKEN",
        rotate_url="https://pypi.org/manage/account/token/",
        revoke="Remove the token in the account settings.",
        generate=shaped("pypi-AgEIc", "HlwaS5vcmc", (BASE64URL, 80)),
        harm=Harm.TAKE_OVER,
    ),
)
