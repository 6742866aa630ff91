"""CoinGecko: API keys begin with `CG-`.

Keys: https://docs.coingecko.com/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="coingecko-key",
        title="CoinGecko API key",
        pattern=r"CG-[0-9A-Za-z]{24}\b",
        names=("coingecko",),
        marks=("CG-",),
        secret_name="COINGECKO_API_KEY",
        rotate_url="https://www.coingecko.com/en/developers/dashboard",
        revoke="Delete the key in the dashboard.",
        generate=shaped("C", "G-", (ALPHANUMERIC, 24)),
        calls=(
            Call("coingecko_sdk.Coingecko", "pro_api_key"),
            Call("coingecko_sdk.Coingecko", "demo_api_key"),
            Call("pycoingecko.CoinGeckoAPI", "api_key"),
        ),
    ),
)
