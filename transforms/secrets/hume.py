"""Hume AI: API keys without a prefix; name and call tell.

Keys: https://dev.hume.ai/docs/empathic-voice-interface-evi/overview
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="hume-key",
        title="Hume AI API key",
        pattern=None,
        names=("hume",),
        secret_name="HUME_API_KEY",
        rotate_url="https://app.hume.ai/keys",
        revoke="Regenerate the keys on the page of API keys.",
        generate=shaped((ALPHANUMERIC, 48)),
        calls=(Call("hume.HumeClient", "api_key"), Call("hume.AsyncHumeClient", "api_key")),
    ),
)
