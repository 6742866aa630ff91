"""ClickHouse Cloud: secrets of API keys begin with `4b1d`.

Keys: https://clickhouse.com/docs/cloud/manage/openapi
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="clickhouse-key",
        title="ClickHouse Cloud key secret",
        pattern=r"4b1d[0-9A-Za-z]{38}\b",
        names=("clickhouse",),
        marks=("4b1d",),
        secret_name="CLICKHOUSE_KEY_SECRET",
        rotate_url="https://console.clickhouse.cloud",
        revoke="Delete the API key.",
        generate=shaped("4b", "1d", (ALPHANUMERIC, 38)),
        harm=Harm.TAKE_OVER,
    ),
)
