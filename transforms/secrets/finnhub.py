"""Finnhub: API keys of 40 or 20 lower-case letters and digits; name and call tell.

Keys: https://finnhub.io/docs/api/authentication
"""

from transforms.secrets.kinds import LOWER_DIGITS, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="finnhub-key",
        title="Finnhub API key",
        pattern=None,
        names=("finnhub",),
        secret_name="FINNHUB_API_KEY",
        rotate_url="https://finnhub.io/dashboard",
        revoke="Regenerate the key.",
        generate=shaped((LOWER_DIGITS, 40)),
        calls=(Call("finnhub.Client", "api_key", 0),),
    ),
)
