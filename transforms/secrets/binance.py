"""Binance: API secrets of 64 letters and digits; name and call tell.

Keys: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="binance-secret",
        title="Binance API secret",
        pattern=None,
        names=("binance",),
        secret_name="BINANCE_API_SECRET",
        rotate_url="https://www.binance.com/en/my/settings/api-management",
        revoke="Delete the key.",
        generate=shaped((ALPHANUMERIC, 64)),
        calls=(Call("binance.client.Client", "api_secret", 1), Call("binance.Client", "api_secret", 1)),
        harm=Harm.TAKE_OVER,
    ),
)
