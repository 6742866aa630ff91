"""Stripe: secret and restricted API keys, and the secrets that its webhooks are signed with.

Keys: https://docs.stripe.com/keys
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="stripe-key",
        title="Stripe API key",
        pattern=r"[sr]k_(?:live|test)_[0-9A-Za-z]{16,247}\b",
        names=("stripe",),
        certain=r"rk_\w+|sk_(?:live|test)_(?:51\w{90,}|\w{24})",  # others have keys of other lengths
        marks=("sk_live_", "sk_test_", "rk_live_", "rk_test_"),
        secret_name="STRIPE_API_KEY",
        rotate_url="https://dashboard.stripe.com/apikeys",
        revoke="Roll the key under Developers, API keys, with immediate expiry.",
        generate=shaped("sk_", "live_", "51", (ALPHANUMERIC, 97)),
        calls=(Call("stripe.StripeClient", "api_key", 0),),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="stripe-webhook-secret",
        title="Stripe webhook signing secret",
        pattern=r"whsec_[0-9A-Za-z+/=]{24,64}",
        names=(),
        marks=("whsec_",),
        secret_name="STRIPE_WEBHOOK_SECRET",
        rotate_url="https://dashboard.stripe.com/webhooks",
        revoke="Roll the signing secret of the endpoint.",
        generate=shaped("whs", "ec_", (ALPHANUMERIC, 32)),
        calls=(Call("stripe.Webhook.construct_event", "secret", 2),),
    ),
)
