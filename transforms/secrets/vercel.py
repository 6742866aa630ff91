"""Vercel: access tokens begin with `vcp_`, keys of its AI gateway with `vck_`; older tokens are told by name.

Keys: https://vercel.com/docs/rest-api#authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="vercel-token",
        title="Vercel access token",
        pattern=r"vc[aikpr]_[0-9A-Za-z_-]{56}(?![0-9A-Za-z_-])",
        names=("vercel", "ai gateway"),
        marks=("vca_", "vci_", "vck_", "vcp_", "vcr_"),
        secret_name="VERCEL_TOKEN",
        rotate_url="https://vercel.com/account/settings/tokens",
        revoke="Delete the token.",
        generate=shaped("vc", "p_", (ALPHANUMERIC, 56)),
        harm=Harm.TAKE_OVER,
    ),
)
