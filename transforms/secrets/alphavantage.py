"""Alpha Vantage: API keys of 16 capital letters and digits; name and call tell.

Keys: https://www.alphavantage.co/documentation/
"""

from transforms.secrets.kinds import UPPER_DIGITS, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="alphavantage-key",
        title="Alpha Vantage API key",
        pattern=None,
        names=("alphavantage", "alpha vantage"),
        secret_name="ALPHA_VANTAGE_API_KEY",
        rotate_url="https://www.alphavantage.co/support/#api-key",
        revoke="Ask for a new key.",
        generate=shaped((UPPER_DIGITS, 16)),
        calls=(Call("alpha_vantage.timeseries.TimeSeries", "key", 0),),
    ),
)
