"""Apify: API tokens begin with `apify_api_`.

Keys: https://docs.apify.com/platform/integrations/api
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="apify-token",
        title="Apify API token",
        pattern=r"apify_api_[0-9A-Za-z]{34,40}\b",
        names=("apify",),
        marks=("apify_api_",),
        secret_name="APIFY_API_TOKEN",
        rotate_url="https://console.apify.com/settings/integrations",
        revoke="Delete the token.",
        generate=shaped("apify", "_api_", (ALPHANUMERIC, 36)),
        calls=(Call("apify_client.ApifyClient", "token", 0), Call("apify_client.ApifyClientAsync", "token", 0)),
    ),
)
