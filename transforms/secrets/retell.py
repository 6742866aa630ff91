"""Retell AI: API keys begin with `key_`; name and call tell.

Keys: https://docs.retellai.com
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="retell-key",
        title="Retell AI API key",
        pattern=None,
        names=("retell", "retellai"),
        secret_name="RETELL_API_KEY",
        rotate_url="https://dashboard.retellai.com/apiKey",
        revoke="Delete the key in the dashboard.",
        generate=shaped("key", "_", (HEX, 28)),
        calls=(Call("retell.Retell", "api_key"), Call("retell.AsyncRetell", "api_key")),
    ),
)
