"""Payment providers beside Stripe."""

from transforms.secrets.kinds import ALPHANUMERIC, BASE64URL, HEX, Call, Harm, SecretKind, shaped

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
    SecretKind(
        id="square-token",
        title="Square access token",
        pattern=r"(?:EAAA[0-9A-Za-z_-]{60}|sq0(?:atp|csp)-[0-9A-Za-z_-]{22,43})(?![0-9A-Za-z_-])",
        names=("square",),
        marks=("EAAA", "sq0"),
        secret_name="SQUARE_ACCESS_TOKEN",
        rotate_url="https://developer.squareup.com/apps",
        revoke="Replace the token of the application.",
        generate=shaped("sq0", "atp-", (BASE64URL, 22)),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="paypal-secret",
        title="PayPal client secret",
        pattern=None,
        names=("paypal", "braintree", "paystack", "flutterwave", "adyen", "mollie"),
        secret_name="PAYPAL_CLIENT_SECRET",
        rotate_url="https://developer.paypal.com/dashboard/applications",
        revoke="Generate a new secret and disable the old one.",
        generate=shaped((ALPHANUMERIC, 80)),
        calls=(Call("paypalrestsdk.configure", "client_secret"), Call("braintree.Configuration", "private_key")),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="shopify-token",
        title="Shopify access token",
        pattern=r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b",
        names=("shopify",),
        marks=("shpat_", "shpca_", "shppa_", "shpss_"),
        secret_name="SHOPIFY_ACCESS_TOKEN",
        rotate_url="https://admin.shopify.com/store/_/settings/apps",
        revoke="Uninstall the app or rotate its credentials.",
        generate=shaped("shp", "at_", (HEX, 32)),
        harm=Harm.TAKE_OVER,
    ),
)
