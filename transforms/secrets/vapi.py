"""Vapi: private API keys are UUIDs; name and call tell. There are public ones beside them.

Keys: https://docs.vapi.ai
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="vapi-key",
        title="Vapi private API key",
        pattern=None,
        names=("vapi",),
        secret_name="VAPI_API_KEY",
        rotate_url="https://dashboard.vapi.ai/org/api-keys",
        revoke="Delete the key in the dashboard.",
        generate=shaped((HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        calls=(Call("vapi.Vapi", "token"), Call("vapi.AsyncVapi", "token")),
    ),
)
