"""Paddle: API keys begin with `pdl_live_apikey_` or `pdl_sdbx_apikey_`.

Keys: https://developer.paddle.com/api-reference/about/api-keys
"""

from transforms.secrets.kinds import ALPHANUMERIC, LOWER_DIGITS, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="paddle-key",
        title="Paddle API key",
        pattern=r"pdl_(?:live|sdbx)_apikey_[0-9a-z]{26}_[0-9A-Za-z]{22}_[0-9A-Za-z]{3}\b",
        names=("paddle",),
        marks=("pdl_live_", "pdl_sdbx_"),
        secret_name="PADDLE_API_KEY",
        rotate_url="https://vendors.paddle.com/authentication-v2",
        revoke="Revoke the key.",
        generate=shaped("pdl_live", "_apikey_", (LOWER_DIGITS, 26), "_", (ALPHANUMERIC, 22), "_", (ALPHANUMERIC, 3)),
        calls=(Call("paddle_billing.Client", "api_key", 0),),
        harm=Harm.TAKE_OVER,
    ),
)
