"""RubyGems: API keys begin with `rubygems_`.

Keys: https://guides.rubygems.org/api-key-scopes/
"""

from transforms.secrets.kinds import HEX, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="rubygems-key",
        title="RubyGems API key",
        pattern=r"rubygems_[0-9a-f]{48}\b",
        names=("rubygems",),
        marks=("rubygems_",),
        secret_name="RUBYGEMS_API_KEY",
        rotate_url="https://rubygems.org/profile/api_keys",
        revoke="Delete the key.",
        generate=shaped("ruby", "gems_", (HEX, 48)),
        harm=Harm.TAKE_OVER,
    ),
)
