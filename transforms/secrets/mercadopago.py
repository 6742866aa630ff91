"""Mercado Pago: access tokens begin with `APP_USR-`.

Keys: https://www.mercadopago.com/developers/en/docs/your-integrations/credentials
"""

from transforms.secrets.kinds import DIGITS, HEX, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="mercadopago-token",
        title="Mercado Pago access token",
        pattern=r"APP_USR-\d{10,16}-\d{6}-[0-9a-f]{32}-\d{6,12}\b",
        names=("mercadopago", "mercado pago"),
        marks=("APP_USR-",),
        secret_name="MERCADOPAGO_ACCESS_TOKEN",
        rotate_url="https://www.mercadopago.com/developers/panel/app",
        revoke="Renew the credentials.",
        generate=shaped("APP_", "USR-", (DIGITS, 16), "-", (DIGITS, 6), "-", (HEX, 32), "-", (DIGITS, 9)),
        calls=(Call("mercadopago.SDK", "access_token", 0),),
        harm=Harm.TAKE_OVER,
    ),
)
