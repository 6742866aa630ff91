"""Tavily: API keys begin with `tvly-`.

Keys: https://docs.tavily.com/documentation/quickstart
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="tavily-key",
        title="Tavily API key",
        pattern=r"tvly-(?:dev-|prod-)?[0-9A-Za-z-]{28,48}\b",
        names=("tavily",),
        marks=("tvly-",),
        secret_name="TAVILY_API_KEY",
        rotate_url="https://app.tavily.com/home",
        revoke="Delete the key on the home page.",
        generate=shaped("tv", "ly-", (ALPHANUMERIC, 32)),
        calls=(
            Call("tavily.TavilyClient", "api_key", 0),
            Call("tavily.AsyncTavilyClient", "api_key", 0),
            Call("langchain_tavily.TavilySearch", "tavily_api_key"),
        ),
    ),
)
