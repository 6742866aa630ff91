"""Braintree: access tokens begin with `access_token$`; private keys are 32 hexadecimal digits, which the call tells.

Keys: https://developer.paypal.com/braintree/articles/control-panel/important-gateway-credentials
"""

from transforms.secrets.kinds import HEX, LOWER_DIGITS, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="braintree-key",
        title="Braintree private key",
        pattern=None,
        names=("braintree",),
        secret_name="BRAINTREE_PRIVATE_KEY",
        rotate_url="https://www.braintreegateway.com/login",
        revoke="Delete the key in the control panel.",
        generate=shaped((HEX, 32)),
        calls=(Call("braintree.Configuration", "private_key"),),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="braintree-token",
        title="Braintree access token",
        pattern=r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}\b",
        names=(),
        marks=("access_token$",),
        secret_name="BRAINTREE_ACCESS_TOKEN",
        rotate_url="https://www.braintreegateway.com/login",
        revoke="Revoke the token in the control panel.",
        generate=shaped("access_token", "$production$", (LOWER_DIGITS, 16), "$", (HEX, 32)),
        harm=Harm.TAKE_OVER,
    ),
)
