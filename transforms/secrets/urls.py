"""Addresses that carry a secret: a password between `://` and `@`, or a path that is itself the permission."""

from transforms.secrets.kinds import ALPHANUMERIC, HEX, Call, Harm, Issuer, SecretKind, shaped

_PASSWORD = (ALPHANUMERIC, 14)

KINDS = (
    SecretKind(
        id="database-url",
        title="Database URL with a password",
        pattern=None,
        names=(),
        secret_name="DATABASE_URL",
        rotate_url=None,
        revoke="Change the password of the database role, and close the sessions that use the old one.",
        generate=shaped("postgresql://app:", _PASSWORD, "@", "db.internal:5432/app"),
        calls=(
            Call("sqlalchemy.create_engine", "url", 0),
            Call("sqlalchemy.ext.asyncio.create_async_engine", "url", 0),
            Call("pymongo.MongoClient", "host", 0),
        ),
        issuer=Issuer.SELF,
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="basic-auth-url",
        title="URL with a password",
        pattern=None,
        names=(),
        secret_name="SERVICE_URL",
        rotate_url=None,
        revoke="Change the password of the account in the address.",
        generate=shaped("https://app:", _PASSWORD, "@", "files.internal/reports"),
        issuer=Issuer.SELF,
    ),
    SecretKind(
        id="capability-url",
        title="URL that is itself the permission",
        pattern=r"https?://(?:hooks\.slack\.com/(?:services|workflows|triggers)/[0-9A-Za-z/_-]{20,120}"
        r"|(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d{16,20}/[0-9A-Za-z_-]{40,100}"
        r"|webhook\.site/[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]+\.webhook\.office\.com/webhookb2/[0-9A-Za-z@/_-]{40,250}"
        r"|hooks\.zapier\.com/hooks/catch/\d{4,12}/[0-9a-z]{5,12}|hook\.\w+\.make\.com/[0-9a-z]{20,40}"
        r"|maker\.ifttt\.com/trigger/\w+/(?:json/)?with/key/[0-9A-Za-z_-]{20,60}|[0-9a-z]{12,24}\.m\.pipedream\.net"
        r"|chat\.googleapis\.com/v1/spaces/\w+/messages\?key=[\w-]{20,60}&token=[\w%-]{20,80}"
        r"|api\.telegram\.org/bot\d{8,10}:[0-9A-Za-z_-]{35}|script\.google\.com/macros/s/AKfyc[0-9A-Za-z_-]{30,90}"
        r"|[\w.-]+/[^\s'\"]{0,300}[?&](?:sig|X-Amz-Signature)=[0-9A-Za-z%+/=-]{32,120})",
        names=(),
        marks=(
            "hooks.",
            "discord",
            "webhook",
            "maker.ifttt",
            "pipedream",
            "chat.googleapis",
            "api.telegram.org/bot",
            "script.google",
            "sig=",
            "Signature=",
            "hook.",
        ),
        secret_name="WEBHOOK_URL",
        rotate_url=None,
        revoke="Delete the webhook and make a new one: whoever knows the address can post to it or read from it.",
        generate=shaped(
            "https://webhook", ".site/", (HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)
        ),
        harm=Harm.ANNOY,
    ),
)
