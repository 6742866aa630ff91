"""ElevenLabs: API keys are `sk_` and 48 hexadecimal digits.

Keys: https://elevenlabs.io/docs/api-reference/authentication
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="elevenlabs-key",
        title="ElevenLabs API key",
        pattern=r"sk_[0-9a-f]{48}\b",
        names=("elevenlabs", "eleven", "xi api"),
        marks=("sk_",),
        secret_name="ELEVENLABS_API_KEY",
        rotate_url="https://elevenlabs.io/app/settings/api-keys",
        revoke="Delete the key in the settings.",
        generate=shaped("s", "k_", (HEX, 48)),
        calls=(
            Call("elevenlabs.client.ElevenLabs", "api_key"),
            Call("elevenlabs.ElevenLabs", "api_key"),
            Call("elevenlabs.client.AsyncElevenLabs", "api_key"),
            Call("elevenlabs.AsyncElevenLabs", "api_key"),
        ),
    ),
)
