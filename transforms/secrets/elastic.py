"""Elastic: API keys of its cloud begin with `essu_`; those of a cluster are in base 64, which name and call tell.

Keys: https://www.elastic.co/docs/deploy-manage/api-keys/elasticsearch-api-keys
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="elastic-key",
        title="Elasticsearch API key",
        pattern=r"essu_[0-9A-Za-z_-]{60,200}={0,2}(?![0-9A-Za-z_=-])",
        names=("elastic", "elasticsearch"),
        marks=("essu_",),
        secret_name="ELASTIC_API_KEY",
        rotate_url="https://cloud.elastic.co",
        revoke="Invalidate the key with `DELETE /_security/api_key`.",
        generate=shaped("es", "su_", (ALPHANUMERIC, 78), "=="),
        calls=(Call("elasticsearch.Elasticsearch", "api_key"), Call("elasticsearch.AsyncElasticsearch", "api_key")),
        harm=Harm.TAKE_OVER,
    ),
)
