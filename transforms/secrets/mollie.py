"""Mollie: API keys are `live_` or `test_` and 30 characters, in a file that speaks of Mollie.

Keys: https://docs.mollie.com/reference/authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="mollie-key",
        title="Mollie API key",
        pattern=r"(?:live|test)_[0-9A-Za-z]{30}\b",
        names=("mollie",),
        marks=("mollie", "MOLLIE", "Mollie"),
        secret_name="MOLLIE_API_KEY",
        rotate_url="https://my.mollie.com/dashboard/developers/api-keys",
        revoke="Reset the key in the dashboard.",
        generate=shaped("li", "ve_", (ALPHANUMERIC, 30)),
        harm=Harm.TAKE_OVER,
    ),
)
