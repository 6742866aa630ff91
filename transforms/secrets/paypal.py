"""PayPal: client secrets of 80 characters without a prefix; name and call tell.

Keys: https://developer.paypal.com/api/rest/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="paypal-secret",
        title="PayPal client secret",
        pattern=None,
        names=("paypal",),
        secret_name="PAYPAL_CLIENT_SECRET",
        rotate_url="https://developer.paypal.com/dashboard/applications",
        revoke="Generate a new secret and disable the old one.",
        generate=shaped((ALPHANUMERIC, 80)),
        calls=(
            Call("paypalrestsdk.configure", "client_secret"),
            Call("paypalcheckoutsdk.core.SandboxEnvironment", "client_secret"),
            Call("paypalcheckoutsdk.core.LiveEnvironment", "client_secret"),
        ),
        harm=Harm.TAKE_OVER,
    ),
)
