"""Algolia: API keys are 32 hexadecimal digits; admin and write keys are secret, search keys public.

Keys: https://www.algolia.com/doc/guides/security/api-keys/
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="algolia-key",
        title="Algolia API key",
        pattern=None,
        names=("algolia admin", "algolia write", "algolia api"),
        secret_name="ALGOLIA_ADMIN_API_KEY",
        rotate_url="https://dashboard.algolia.com/account/api-keys",
        revoke="Delete or regenerate the key.",
        generate=shaped((HEX, 32)),
        calls=(
            Call("algoliasearch.search.client.SearchClientSync", "api_key", 1),
            Call("algoliasearch.search_client.SearchClient.create", "api_key", 1),
        ),
    ),
)
