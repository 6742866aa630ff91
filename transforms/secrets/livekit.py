"""LiveKit: secrets of API keys without a prefix sign what lets into rooms; name and call tell.

Keys: https://docs.livekit.io/home/get-started/authentication/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="livekit-secret",
        title="LiveKit API secret",
        pattern=None,
        names=("livekit",),
        secret_name="LIVEKIT_API_SECRET",
        rotate_url="https://cloud.livekit.io/projects/p_/settings/keys",
        revoke="Delete the key in the settings of the project: its secret goes with it.",
        generate=shaped((ALPHANUMERIC, 43)),
        calls=(
            Call("livekit.api.LiveKitAPI", "api_secret", 2),
            Call("livekit.api.AccessToken", "api_secret", 1),
            Call("livekit.api.TokenVerifier", "api_secret", 1),
        ),
    ),
)
