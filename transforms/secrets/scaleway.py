"""Scaleway: secret keys are UUIDs; name and call tell.

Keys: https://www.scaleway.com/en/docs/iam/how-to/create-api-keys/
"""

from transforms.secrets.kinds import HEX, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="scaleway-key",
        title="Scaleway secret key",
        pattern=None,
        names=("scaleway", "scw"),
        secret_name="SCW_SECRET_KEY",
        rotate_url="https://console.scaleway.com/iam/api-keys",
        revoke="Delete the key.",
        generate=shaped((HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        calls=(Call("scaleway.Client", "secret_key"),),
        harm=Harm.TAKE_OVER,
    ),
)
