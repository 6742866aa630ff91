"""Discord: bot tokens. Its webhooks are capability URLs.

Keys: https://discord.com/developers/docs/reference#authentication
"""

import base64
from random import Random

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, text


def _token(rng: Random) -> str:
    owner = base64.b64encode(str(rng.randrange(10**17, 9 * 10**17)).encode()).decode().rstrip("=")
    return f"{owner}.G{text(rng, BASE64URL, 5)}.{text(rng, BASE64URL, 38)}"


KINDS = (
    SecretKind(
        id="discord-bot-token",
        title="Discord bot token",
        # the first part is the bot's id, a decimal number in base 64
        pattern=r"[MNO][ADTgjwzNQYcj][0-9A-Za-z]{22,24}\.[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{27,38}(?![0-9A-Za-z_-])",
        names=("discord",),
        marks=("discord", "DISCORD", "Discord"),
        secret_name="DISCORD_BOT_TOKEN",
        rotate_url="https://discord.com/developers/applications",
        revoke="Reset the token on the Bot page of the application.",
        generate=_token,
        calls=(Call("discord.Client.run", "token", 0), Call("discord.ext.commands.Bot.run", "token", 0)),
    ),
)
