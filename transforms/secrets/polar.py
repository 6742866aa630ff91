"""Polar: access tokens of organisations begin with `polar_oat_`, of people with `polar_pat_`.

Keys: https://polar.sh/docs/integrate/oat
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="polar-token",
        title="Polar access token",
        pattern=r"polar_(?:oat|pat|at)_[0-9A-Za-z_-]{20,100}(?![0-9A-Za-z_-])",
        names=("polar",),
        marks=("polar_oat_", "polar_pat_", "polar_at_"),
        secret_name="POLAR_ACCESS_TOKEN",
        rotate_url="https://polar.sh/docs/integrate/oat",
        revoke="Delete the token in the settings of the organisation.",
        generate=shaped("pol", "ar_oat_", (ALPHANUMERIC, 43)),
        calls=(Call("polar_sdk.Polar", "access_token", 0),),
        harm=Harm.TAKE_OVER,
    ),
)
