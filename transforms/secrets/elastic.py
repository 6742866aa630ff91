"""Elastic: API keys of Elasticsearch in base 64; name and call tell.

Keys: https://www.elastic.co/docs/deploy-manage/api-keys/elasticsearch-api-keys
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="elastic-key",
        title="Elasticsearch API key",
        pattern=None,
        names=("elastic", "elasticsearch"),
        secret_name="ELASTIC_API_KEY",
        rotate_url="https://cloud.elastic.co",
        revoke="Invalidate the key with `DELETE /_security/api_key`.",
        generate=shaped((ALPHANUMERIC, 58), "=="),
        calls=(Call("elasticsearch.Elasticsearch", "api_key"), Call("elasticsearch.AsyncElasticsearch", "api_key")),
        harm=Harm.TAKE_OVER,
    ),
)
