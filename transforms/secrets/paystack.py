"""Paystack: secret keys are `sk_live_` or `sk_test_` and 40 hexadecimal digits.

Keys: https://paystack.com/docs/api/authentication/
"""

from transforms.secrets.kinds import HEX, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="paystack-key",
        title="Paystack secret key",
        pattern=r"sk_(?:live|test)_[0-9a-f]{40}(?![0-9A-Za-z])",
        names=("paystack",),
        marks=("sk_live_", "sk_test_"),
        secret_name="PAYSTACK_SECRET_KEY",
        rotate_url="https://dashboard.paystack.com/#/settings/developers",
        revoke="Generate a new secret key.",
        generate=shaped("sk_l", "ive_", (HEX, 40)),
        calls=(Call("paystackapi.paystack.Paystack", "secret_key"),),
        harm=Harm.TAKE_OVER,
    ),
)
