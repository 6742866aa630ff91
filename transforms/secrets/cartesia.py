"""Cartesia: API keys begin with `sk_car_`.

Keys: https://docs.cartesia.ai/get-started/overview
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="cartesia-key",
        title="Cartesia API key",
        pattern=r"sk_car_[0-9A-Za-z_-]{20,64}(?![0-9A-Za-z_-])",
        names=("cartesia",),
        marks=("sk_car_",),
        secret_name="CARTESIA_API_KEY",
        rotate_url="https://play.cartesia.ai/keys",
        revoke="Delete the key in the console.",
        generate=shaped("sk_", "car_", (ALPHANUMERIC, 22)),
        calls=(Call("cartesia.Cartesia", "api_key"), Call("cartesia.AsyncCartesia", "api_key")),
    ),
)
