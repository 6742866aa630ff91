"""fal: keys are a UUID, a colon and 32 hexadecimal digits.

Keys: https://fal.ai/docs/documentation
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="fal-key",
        title="fal key",
        pattern=r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}:[0-9a-f]{32}\b",
        names=("fal",),
        marks=("fal_client", "fal-client", "fal.ai", "fal.run", "FAL_KEY"),
        secret_name="FAL_KEY",
        rotate_url="https://fal.ai/dashboard/keys",
        revoke="Delete the key in the dashboard.",
        generate=shaped((HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12), ":", (HEX, 32)),
        calls=(Call("fal_client.SyncClient", "key", 0), Call("fal_client.AsyncClient", "key", 0)),
    ),
)
