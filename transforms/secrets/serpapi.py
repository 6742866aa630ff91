"""SerpApi: API keys are 64 hexadecimal digits; name and call tell.

Keys: https://serpapi.com/search-api
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="serpapi-key",
        title="SerpApi key",
        pattern=None,
        names=("serpapi", "serp"),
        secret_name="SERPAPI_API_KEY",
        rotate_url="https://serpapi.com/manage-api-key",
        revoke="Regenerate the key.",
        generate=shaped((HEX, 64)),
        calls=(
            Call("serpapi.Client", "api_key"),
            Call("langchain_community.utilities.SerpAPIWrapper", "serpapi_api_key"),
        ),
    ),
)
