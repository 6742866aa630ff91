"""Flutterwave: secret keys begin with `FLWSECK`; those with `FLWPUBK` are public.

Keys: https://developer.flutterwave.com/v3.0/docs/authentication
"""

from transforms.secrets.kinds import HEX, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="flutterwave-key",
        title="Flutterwave secret key",
        pattern=r"FLWSECK(?:_TEST)?-[0-9a-h]{32}-X\b",
        names=("flutterwave", "flw"),
        marks=("FLWSECK",),
        secret_name="FLUTTERWAVE_SECRET_KEY",
        rotate_url="https://app.flutterwave.com/dashboard/settings/apis/live",
        revoke="Generate new keys.",
        generate=shaped("FLWS", "ECK-", (HEX, 32), "-X"),
        harm=Harm.TAKE_OVER,
    ),
)
