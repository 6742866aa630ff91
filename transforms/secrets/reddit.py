"""Reddit: client secrets without a prefix; name and call tell.

Keys: https://github.com/reddit-archive/reddit/wiki/OAuth2
"""

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="reddit-secret",
        title="Reddit client secret",
        pattern=None,
        names=("reddit",),
        secret_name="REDDIT_CLIENT_SECRET",
        rotate_url="https://www.reddit.com/prefs/apps",
        revoke="Delete the app and make a new one.",
        generate=shaped((BASE64URL, 30)),
        calls=(Call("praw.Reddit", "client_secret"), Call("asyncpraw.Reddit", "client_secret")),
    ),
)
