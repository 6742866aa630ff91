"""Twitch: client secrets and tokens of 30 characters; the name tells.

Keys: https://dev.twitch.tv/docs/authentication/
"""

from transforms.secrets.kinds import LOWER_DIGITS, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="twitch-secret",
        title="Twitch client secret",
        pattern=None,
        names=("twitch",),
        secret_name="TWITCH_CLIENT_SECRET",
        rotate_url="https://dev.twitch.tv/console/apps",
        revoke="Make a new secret.",
        generate=shaped((LOWER_DIGITS, 30)),
        calls=(Call("twitchAPI.twitch.Twitch", "app_secret", 1),),
    ),
)
