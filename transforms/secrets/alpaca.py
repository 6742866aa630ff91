"""Alpaca: secret keys of 40 or more letters and digits; name and call tell.

Keys: https://docs.alpaca.markets/docs/authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="alpaca-secret",
        title="Alpaca secret key",
        pattern=None,
        names=("alpaca", "apca"),
        secret_name="ALPACA_SECRET_KEY",
        rotate_url="https://app.alpaca.markets",
        revoke="Regenerate the keys of the account.",
        generate=shaped((ALPHANUMERIC, 40)),
        calls=(
            Call("alpaca.trading.client.TradingClient", "secret_key", 1),
            Call("alpaca.data.historical.StockHistoricalDataClient", "secret_key", 1),
        ),
        harm=Harm.TAKE_OVER,
    ),
)
