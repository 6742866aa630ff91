"""Auth0: client secrets of 64 characters; name and call tell.

Keys: https://auth0.com/docs/secure/application-credentials
"""

from transforms.secrets.kinds import BASE64URL, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="auth0-secret",
        title="Auth0 client secret",
        pattern=None,
        names=("auth 0",),
        secret_name="AUTH0_CLIENT_SECRET",
        rotate_url="https://manage.auth0.com/#/applications",
        revoke="Rotate the secret of the application.",
        generate=shaped((BASE64URL, 63), "q"),
        calls=(
            Call("auth0.authentication.GetToken", "client_secret"),
            Call("auth0.v3.authentication.GetToken", "client_secret"),
        ),
        harm=Harm.TAKE_OVER,
    ),
)
