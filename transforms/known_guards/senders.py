"""How libraries of other services check that a request comes from them. Sources: the libraries' code."""

SIGNATURES = (
    # github.com/line/line-bot-sdk-python, webhook.py: InvalidSignatureError
    r"linebot\.(?:\w+\.)*WebhookHandler\(\)\.handle",
    r"linebot\.(?:\w+\.)*WebhookParser\(\)\.parse",
)
