"""RunPod: API keys begin with `rpa_`.

Keys: https://docs.runpod.io/get-started/api-keys
"""

from transforms.secrets.kinds import ALPHANUMERIC, UPPER_DIGITS, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="runpod-key",
        title="RunPod API key",
        pattern=r"rpa_[0-9A-Z]{40}[0-9A-Za-z]{6}\b",
        names=("runpod",),
        marks=("rpa_",),
        secret_name="RUNPOD_API_KEY",
        rotate_url="https://console.runpod.io/user/settings",
        revoke="Delete the key in the settings.",
        generate=shaped("rp", "a_", (UPPER_DIGITS, 40), (ALPHANUMERIC, 6)),
        calls=(Call("runpod.Endpoint", "api_key"),),
    ),
)
