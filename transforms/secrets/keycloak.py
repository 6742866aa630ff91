"""Keycloak: client secrets without a prefix; the call tells.

Keys: https://www.keycloak.org/docs/latest/server_admin/index.html#_client-credentials
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="keycloak-secret",
        title="Keycloak client secret",
        pattern=None,
        names=("keycloak",),
        secret_name="KEYCLOAK_CLIENT_SECRET",
        rotate_url=None,
        revoke="Regenerate the secret on the credentials page of the client.",
        generate=shaped((ALPHANUMERIC, 32)),
        calls=(
            Call("keycloak.KeycloakOpenID", "client_secret_key"),
            Call("keycloak.KeycloakAdmin", "password"),
            Call("keycloak.KeycloakAdmin", "client_secret_key"),
        ),
        harm=Harm.TAKE_OVER,
    ),
)
