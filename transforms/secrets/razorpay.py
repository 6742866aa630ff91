"""Razorpay: key secrets without a prefix; name and call tell. Key ids (`rzp_live_`) are public.

Keys: https://razorpay.com/docs/payments/dashboard/account-settings/api-keys/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="razorpay-secret",
        title="Razorpay key secret",
        pattern=None,
        names=("razorpay",),
        secret_name="RAZORPAY_KEY_SECRET",
        rotate_url="https://dashboard.razorpay.com/app/website-app-settings/api-keys",
        revoke="Regenerate the key with immediate deactivation of the old one.",
        generate=shaped((ALPHANUMERIC, 24)),
        harm=Harm.TAKE_OVER,
    ),
)
