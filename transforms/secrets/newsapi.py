"""NewsAPI: API keys are 32 hexadecimal digits; name and call tell.

Keys: https://newsapi.org/docs/authentication
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="newsapi-key",
        title="NewsAPI key",
        pattern=None,
        names=("newsapi", "news api"),
        secret_name="NEWS_API_KEY",
        rotate_url="https://newsapi.org/account",
        revoke="Regenerate the key.",
        generate=shaped((HEX, 32)),
        calls=(Call("newsapi.NewsApiClient", "api_key", 0),),
    ),
)
