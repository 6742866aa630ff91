"""X (Twitter): bearer tokens begin with a run of `A`; keys and secrets have no shape.

Keys: https://docs.x.com/resources/fundamentals/authentication/overview
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="twitter-token",
        title="X bearer token",
        pattern=None,
        names=("twitter",),
        secret_name="TWITTER_BEARER_TOKEN",
        rotate_url="https://console.x.com",
        revoke="Revoke or regenerate the token.",
        generate=shaped((ALPHANUMERIC, 50)),
        calls=(
            Call("tweepy.Client", "bearer_token", 0),
            Call("tweepy.Client", "access_token_secret"),
            Call("tweepy.Client", "consumer_secret"),
            Call("tweepy.OAuthHandler", "consumer_secret", 1),
        ),
    ),
)
