"""DataStax Astra DB: application tokens begin with `AstraCS:`.

Keys: https://docs.datastax.com/en/astra-db-serverless/api-reference/overview.html
"""

from transforms.secrets.kinds import ALPHANUMERIC, HEX, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="astra-token",
        title="Astra DB application token",
        pattern=r"AstraCS:[0-9A-Za-z]{20,40}:[0-9a-f]{64}\b",
        names=("astra",),
        marks=("AstraCS:",),
        secret_name="ASTRA_DB_APPLICATION_TOKEN",
        rotate_url="https://astra.datastax.com/settings/tokens",
        revoke="Delete the token in the settings.",
        generate=shaped("Astra", "CS:", (ALPHANUMERIC, 24), ":", (HEX, 64)),
        calls=(Call("astrapy.DataAPIClient", "token", 0), Call("langchain_astradb.AstraDBVectorStore", "token")),
        harm=Harm.TAKE_OVER,
    ),
)
