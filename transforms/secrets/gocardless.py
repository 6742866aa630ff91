"""GoCardless: access tokens begin with `live_` or `sandbox_`, in a file that speaks of GoCardless.

Keys: https://developer.gocardless.com/api-reference/#making-requests-authentication
"""

from transforms.secrets.kinds import BASE64URL, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="gocardless-token",
        title="GoCardless access token",
        pattern=r"(?:live|sandbox)_[0-9A-Za-z_-]{40}(?![0-9A-Za-z_-])",
        names=("gocardless",),
        marks=("gocardless", "GOCARDLESS", "GoCardless"),
        secret_name="GOCARDLESS_ACCESS_TOKEN",
        rotate_url="https://manage.gocardless.com/developers",
        revoke="Delete the token.",
        generate=shaped("li", "ve_", (BASE64URL, 39), "q"),
        calls=(Call("gocardless_pro.Client", "access_token"),),
        harm=Harm.TAKE_OVER,
    ),
)
