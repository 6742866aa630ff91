"""Telegram: bot tokens.

Keys: https://core.telegram.org/bots/api#authorizing-your-bot
"""

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="telegram-bot-token",
        title="Telegram bot token",
        pattern=r"\d{8,10}:AA[0-9A-Za-z_-]{33}(?![0-9A-Za-z_-])",
        names=("telegram", "tg"),
        marks=(":AA",),
        secret_name="TELEGRAM_BOT_TOKEN",
        rotate_url="https://t.me/BotFather",
        revoke="Send /revoke to BotFather and choose the bot.",
        generate=shaped(("123456789", 10), ":A", "A", (BASE64URL, 33)),
        calls=(Call("telegram.Bot", "token", 0), Call("aiogram.Bot", "token", 0), Call("telebot.TeleBot", "token", 0)),
    ),
)
