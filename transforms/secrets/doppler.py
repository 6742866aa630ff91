"""Doppler: tokens begin with `dp.` and the kind of token.

Keys: https://docs.doppler.com/docs/service-tokens
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="doppler-token",
        title="Doppler token",
        pattern=r"dp\.(?:ct|pt|sa|scim|audit|st(?:\.[0-9a-z_-]{2,35})?)\.[0-9A-Za-z]{40,44}\b",
        names=("doppler",),
        marks=("dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."),
        secret_name="DOPPLER_TOKEN",
        rotate_url="https://dashboard.doppler.com",
        revoke="Revoke the token.",
        generate=shaped("dp.", "pt.", (ALPHANUMERIC, 43)),
        harm=Harm.TAKE_OVER,
    ),
)
