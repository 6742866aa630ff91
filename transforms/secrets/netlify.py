"""Netlify: personal access tokens begin with `nfp_`.

Keys: https://docs.netlify.com/api/get-started/#authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="netlify-token",
        title="Netlify token",
        pattern=r"nfp_[0-9A-Za-z]{36,42}\b",
        names=("netlify",),
        marks=("nfp_",),
        secret_name="NETLIFY_AUTH_TOKEN",
        rotate_url="https://app.netlify.com/user/applications#personal-access-tokens",
        revoke="Delete the token.",
        generate=shaped("nf", "p_", (ALPHANUMERIC, 36)),
        harm=Harm.TAKE_OVER,
    ),
)
