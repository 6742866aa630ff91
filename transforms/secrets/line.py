"""LINE: channel access tokens in base 64; name and call tell.

Keys: https://developers.line.biz/en/docs/basics/channel-access-token/
"""

from transforms.secrets.kinds import ALPHANUMERIC, HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="line-token",
        title="LINE channel access token",
        pattern=None,
        names=("line bot", "line access", "channel access"),
        secret_name="LINE_CHANNEL_ACCESS_TOKEN",
        rotate_url="https://developers.line.biz/console/",
        revoke="Reissue the token.",
        generate=shaped((ALPHANUMERIC, 171), "="),
        calls=(
            Call("linebot.LineBotApi", "channel_access_token", 0),
            Call("linebot.v3.messaging.Configuration", "access_token"),
        ),
    ),
    SecretKind(
        id="line-secret",
        title="LINE channel secret",
        pattern=None,
        names=("channel secret",),
        secret_name="LINE_CHANNEL_SECRET",
        rotate_url="https://developers.line.biz/console/",
        revoke="Issue a new channel secret.",
        generate=shaped((HEX, 32)),
        calls=(
            Call("linebot.WebhookHandler", "channel_secret", 0),
            Call("linebot.v3.WebhookHandler", "channel_secret", 0),
            Call("linebot.WebhookParser", "channel_secret", 0),
        ),
    ),
)
