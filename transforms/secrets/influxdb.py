"""InfluxDB: API tokens in base 64; name and call tell.

Keys: https://docs.influxdata.com/influxdb/v2/admin/tokens/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="influxdb-token",
        title="InfluxDB token",
        pattern=None,
        names=("influxdb", "influx"),
        secret_name="INFLUXDB_TOKEN",
        rotate_url=None,
        revoke="Delete the token with `influx auth delete`.",
        generate=shaped((ALPHANUMERIC, 86), "=="),
        calls=(Call("influxdb_client.InfluxDBClient", "token"), Call("influxdb_client_3.InfluxDBClient3", "token")),
    ),
)
