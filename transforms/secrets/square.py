"""Square: access tokens begin with `EAAA`, older ones with `sq0atp-`, application secrets with `sq0csp-`.

Keys: https://developer.squareup.com/docs/build-basics/access-tokens
"""

from transforms.secrets.kinds import BASE64URL, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="square-token",
        title="Square access token",
        pattern=r"(?:EAAA[0-9A-Za-z_-]{60}|sq0(?:atp|csp)-[0-9A-Za-z_-]{22,43})(?![0-9A-Za-z_-])",
        names=("square access", "square api", "squareup"),
        marks=("EAAA", "sq0"),
        secret_name="SQUARE_ACCESS_TOKEN",
        rotate_url="https://developer.squareup.com/apps",
        revoke="Replace the token of the application.",
        generate=shaped("sq0", "atp-", (BASE64URL, 22)),
        calls=(Call("square.client.Client", "access_token"), Call("square.Square", "token")),
        harm=Harm.TAKE_OVER,
    ),
)
