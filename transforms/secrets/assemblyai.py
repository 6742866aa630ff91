"""AssemblyAI: API keys are 32 hexadecimal digits; the name tells.

Keys: https://www.assemblyai.com/docs/getting-started/transcribe-an-audio-file
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="assemblyai-key",
        title="AssemblyAI API key",
        pattern=None,
        names=("assemblyai", "aai"),
        secret_name="ASSEMBLYAI_API_KEY",
        rotate_url="https://www.assemblyai.com/dashboard/api-keys",
        revoke="Delete the key in the dashboard.",
        generate=shaped((HEX, 32)),
        calls=(Call("assemblyai.Client", "api_key"),),
    ),
)
