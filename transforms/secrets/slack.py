"""Slack: bot, user and app tokens. Its incoming webhooks are capability URLs.

Keys: https://docs.slack.dev/authentication/tokens
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

_DIGITS = "1234567890"

KINDS = (
    SecretKind(
        id="slack-token",
        title="Slack token",
        pattern=r"(?:xox[abeprs]-\d{8,14}-[0-9A-Za-z-]{12,120}|xapp-\d-[0-9A-Z]{8,14}-\d{8,16}-[0-9a-f]{32,80}"
        r"|xoxe(?:\.xox[bp])?-\d-[0-9A-Za-z]{120,200})\b",
        names=("slack",),
        marks=("xox", "xapp-"),
        secret_name="SLACK_BOT_TOKEN",
        rotate_url="https://api.slack.com/apps",
        revoke="Revoke the tokens of the app under OAuth & Permissions and install it again.",
        generate=shaped("xo", "xb-", (_DIGITS, 12), "-", (_DIGITS, 13), "-", (ALPHANUMERIC, 24)),
        calls=(
            Call("slack_sdk.WebClient", "token", 0),
            Call("slack_bolt.App", "token"),
            Call("slack_sdk.web.async_client.AsyncWebClient", "token", 0),
            Call("slack_bolt.async_app.AsyncApp", "token"),
        ),
    ),
)
