"""Firecrawl: API keys are `fc-` and 32 hexadecimal digits.

Keys: https://docs.firecrawl.dev/api-reference/introduction
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="firecrawl-key",
        title="Firecrawl API key",
        pattern=r"fc-[0-9a-f]{32}\b",
        names=("firecrawl",),
        marks=("fc-",),
        secret_name="FIRECRAWL_API_KEY",
        rotate_url="https://www.firecrawl.dev/app/api-keys",
        revoke="Delete the key in the app.",
        generate=shaped("f", "c-", (HEX, 32)),
        calls=(
            Call("firecrawl.FirecrawlApp", "api_key"),
            Call("firecrawl.Firecrawl", "api_key"),
            Call("firecrawl.AsyncFirecrawl", "api_key"),
            Call("firecrawl.AsyncFirecrawlApp", "api_key"),
        ),
    ),
)
