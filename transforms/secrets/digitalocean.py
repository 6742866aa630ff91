"""DigitalOcean: tokens begin with `dop_v1_`, `doo_v1_` or `dor_v1_`.

Keys: https://docs.digitalocean.com/reference/api/create-personal-access-token/
"""

from transforms.secrets.kinds import HEX, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="digitalocean-token",
        title="DigitalOcean token",
        pattern=r"do[opr]_v1_[0-9a-f]{64}\b",
        names=("digitalocean",),
        marks=("dop_v1_", "doo_v1_", "dor_v1_"),
        secret_name="DIGITALOCEAN_TOKEN",
        rotate_url="https://cloud.digitalocean.com/account/api/tokens",
        revoke="Delete the token on the API page.",
        generate=shaped("dop", "_v1_", (HEX, 64)),
        calls=(Call("pydo.Client", "token", 0), Call("digitalocean.Manager", "token")),
        harm=Harm.TAKE_OVER,
    ),
)
