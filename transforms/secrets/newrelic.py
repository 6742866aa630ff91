"""New Relic: user keys begin with `NRAK-`, ingest keys end in `NRAL`.

Keys: https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/
"""

from transforms.secrets.kinds import UPPER_DIGITS, SecretKind, shaped

KINDS = (
    SecretKind(
        id="newrelic-key",
        title="New Relic key",
        pattern=r"(?:NRAK-[0-9A-Z]{27}|(?:eu01xx[0-9a-f]{26}|[0-9a-f]{32})[0-9A-Fa-f]{4}NRAL)\b",
        names=("newrelic", "new relic"),
        marks=("NRAK-", "NRAL"),
        secret_name="NEW_RELIC_LICENSE_KEY",
        rotate_url="https://one.newrelic.com/api-keys",
        revoke="Delete the key.",
        generate=shaped("NR", "AK-", (UPPER_DIGITS, 27)),
    ),
)
