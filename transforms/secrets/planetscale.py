"""PlanetScale: database passwords begin with `pscale_pw_`, service tokens with `pscale_tkn_`.

Keys: https://planetscale.com/docs/concepts/planetscale-api-oauth-applications
"""

from transforms.secrets.kinds import BASE64URL, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="planetscale-token",
        title="PlanetScale token",
        pattern=r"pscale_(?:tkn|pw|oauth)_[0-9A-Za-z_-]{32,64}(?![0-9A-Za-z_-])",
        names=("planetscale", "pscale"),
        marks=("pscale_",),
        secret_name="PLANETSCALE_TOKEN",
        rotate_url="https://app.planetscale.com",
        revoke="Delete the token, or the password of the branch.",
        generate=shaped("pscal", "e_tkn_", (BASE64URL, 43)),
        harm=Harm.TAKE_OVER,
    ),
)
