"""Passwords: of accounts, of databases, of mail servers. No shape of their own: name and role tell."""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, Issuer, SecretKind, shaped

_PASSWORD = shaped((ALPHANUMERIC, 9), (("23456789"), 2), ("xyzw", 2))

KINDS = (
    SecretKind(
        id="account-password",
        title="Account password",
        pattern=None,
        names=(),
        secret_name="ACCOUNT_PASSWORD",
        rotate_url=None,
        revoke="Set a new password for the account; every place where the old one was set up again needs it too.",
        generate=_PASSWORD,
        calls=(
            Call("requests.auth.HTTPBasicAuth", "password", 1),
            Call("httpx.BasicAuth", "password", 1),
            Call("ftplib.FTP", "passwd", 2),
        ),
        issuer=Issuer.SELF,
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="database-password",
        title="Database password",
        pattern=None,
        names=("db", "database", "postgres", "postgresql", "pg", "mysql", "mariadb", "mongo", "mongodb", "redis"),
        secret_name="DATABASE_PASSWORD",
        rotate_url=None,
        revoke="Change the password of the database role, and close the sessions that use the old one.",
        generate=_PASSWORD,
        calls=(
            Call("psycopg2.connect", "password"),
            Call("psycopg.connect", "password"),
            Call("asyncpg.connect", "password"),
            Call("pymysql.connect", "password", 2),
            Call("mysql.connector.connect", "password"),
            Call("redis.Redis", "password"),
            Call("pymongo.MongoClient", "password"),
            Call("sqlalchemy.URL.create", "password", 2),
            Call("sqlalchemy.engine.URL.create", "password", 2),
            Call("sqlalchemy.engine.url.URL.create", "password", 2),
            Call("neo4j.GraphDatabase.driver", "auth", 1),
        ),
        issuer=Issuer.SELF,
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="smtp-password",
        title="Mail server password",
        pattern=None,
        names=("smtp", "mail", "email", "imap", "gmail"),
        secret_name="SMTP_PASSWORD",
        rotate_url=None,
        revoke="Revoke the app password, or change the password of the mailbox.",
        generate=_PASSWORD,
        calls=(
            Call("smtplib.SMTP.login", "password", 1),
            Call("smtplib.SMTP_SSL.login", "password", 1),
            Call("imaplib.IMAP4_SSL.login", "password", 1),
            Call("yagmail.SMTP", "password", 1),
        ),
    ),
    SecretKind(
        id="password-hash",
        title="Password hash",
        pattern=r"\$(?:2[abxy]?\$\d\d\$[./0-9A-Za-z]{53}|argon2(?:id|i|d)\$v=\d+\$[^\s'\"]{20,200})"
        r"|\$apr1\$[./0-9A-Za-z]{1,8}\$[./0-9A-Za-z]{22}"
        r"|\bpbkdf2(?:_|:)sha\d+[$:]\d+\$[^\s'\"$]{4,64}\$[^\s'\"]{32,128}|\bscrypt:\d+:\d+:\d+\$\w{8,32}\$[0-9a-f]{64,}",
        names=(),
        marks=("$2a$", "$2b$", "$2x$", "$2y$", "$2$", "$argon2", "$apr1$", "pbkdf2", "scrypt:"),
        spaced=True,
        secret_name="ACCOUNT_PASSWORD_HASH",
        rotate_url=None,
        revoke="Set a new password for the account: a published hash can be guessed offline.",
        generate=shaped("$2", "b$12$", (ALPHANUMERIC, 53)),
        issuer=Issuer.SELF,
    ),
)
