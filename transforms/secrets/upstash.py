"""Upstash: REST tokens of Redis and QStash without a prefix; name and call tell.

Keys: https://upstash.com/docs/redis/features/restapi
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="upstash-token",
        title="Upstash REST token",
        pattern=None,
        names=("upstash", "qstash"),
        secret_name="UPSTASH_REDIS_REST_TOKEN",
        rotate_url="https://console.upstash.com",
        revoke="Rotate the token of the database.",
        generate=shaped((ALPHANUMERIC, 56)),
        calls=(
            Call("upstash_redis.Redis", "token", 1),
            Call("upstash_redis.asyncio.Redis", "token", 1),
            Call("upstash_vector.Index", "token", 1),
            Call("upstash_vector.AsyncIndex", "token", 1),
            Call("qstash.QStash", "token", 0),
            Call("qstash.AsyncQStash", "token", 0),
        ),
    ),
)
