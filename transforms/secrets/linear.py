"""Linear: API keys begin with `lin_api_`, OAuth tokens with `lin_oauth_`.

Keys: https://linear.app/developers/graphql#personal-api-keys
"""

from transforms.secrets.kinds import ALPHANUMERIC, SecretKind, shaped

KINDS = (
    SecretKind(
        id="linear-key",
        title="Linear API key",
        pattern=r"lin_(?:api|oauth)_[0-9A-Za-z]{40,64}\b",
        names=("linear api", "linear access"),
        marks=("lin_api_", "lin_oauth_"),
        secret_name="LINEAR_API_KEY",
        rotate_url="https://linear.app/settings/account/security",
        revoke="Revoke the key in the settings.",
        generate=shaped("lin_", "api_", (ALPHANUMERIC, 40)),
    ),
)
