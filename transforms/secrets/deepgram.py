"""Deepgram: API keys are 40 hexadecimal digits; name and call tell.

Keys: https://developers.deepgram.com/docs/create-additional-api-keys
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="deepgram-key",
        title="Deepgram API key",
        pattern=None,
        names=("deepgram",),
        secret_name="DEEPGRAM_API_KEY",
        rotate_url="https://console.deepgram.com",
        revoke="Delete the key in the console.",
        generate=shaped((HEX, 40)),
        calls=(
            Call("deepgram.DeepgramClient", "api_key", 0),
            Call("deepgram.Deepgram", "options", 0),
            Call("deepgram.AsyncDeepgramClient", "api_key"),
        ),
    ),
)
