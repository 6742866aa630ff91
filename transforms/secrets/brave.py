"""Brave Search: API keys begin with `BSA`.

Keys: https://api-dashboard.search.brave.com/documentation/guides/authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="brave-key",
        title="Brave Search API key",
        pattern=r"BSA[0-9A-Za-z_-]{24,40}(?![0-9A-Za-z_-])",
        names=("brave",),
        marks=("brave", "BRAVE", "Brave"),
        secret_name="BRAVE_API_KEY",
        rotate_url="https://api-dashboard.search.brave.com/app/keys",
        revoke="Delete the key in the dashboard.",
        generate=shaped("B", "SA", (ALPHANUMERIC, 28)),
        calls=(Call("langchain_community.tools.BraveSearch.from_api_key", "api_key", 0),),
    ),
)
