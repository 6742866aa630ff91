"""Keys that sign or encrypt for the app itself: whoever has one makes sessions and tokens that the app believes."""

from transforms.secrets.kinds import ALPHANUMERIC, HEX, Call, Harm, Issuer, SecretKind, shaped

_ROTATES = "Set a new random value; sessions and tokens signed with the old one end."

KINDS = (
    SecretKind(
        id="framework-signing-key",
        title="Signing key of the framework",
        pattern=None,
        names=(),
        secret_name="SECRET_KEY",
        rotate_url=None,
        revoke=_ROTATES,
        generate=shaped((HEX, 64)),
        calls=(
            Call("starlette.middleware.sessions.SessionMiddleware", "secret_key"),
            Call("itsdangerous.URLSafeTimedSerializer", "secret_key", 0),
            Call("streamlit_authenticator.Authenticate", "cookie_key", 2),
            Call("streamlit_authenticator.Authenticate", "key", 4),  # before version 0.2
        ),
        issuer=Issuer.SELF,
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="jwt-signing-key",
        title="JWT signing key",
        pattern=None,
        names=("jwt", "jose"),
        secret_name="JWT_SECRET_KEY",
        rotate_url=None,
        revoke=_ROTATES,
        generate=shaped((HEX, 64)),
        calls=(
            Call("jwt.encode", "key", 1),
            Call("jwt.decode", "key", 1),
            Call("jose.jwt.encode", "key", 1),
            Call("jose.jwt.decode", "key", 1),
        ),
        issuer=Issuer.SELF,
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="message-signing-key",
        title="Key that signs messages",
        pattern=None,
        names=(),
        secret_name="SIGNING_KEY",
        rotate_url=None,
        revoke="Set a new random value wherever messages are signed and checked.",
        generate=shaped((HEX, 64)),
        calls=(
            Call("hmac.new", "key", 0),
            Call("hmac.digest", "key", 0),
            Call("hmac.HMAC", "key", 0),
        ),
        issuer=Issuer.SELF,
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="encryption-key",
        title="Encryption key",
        pattern=None,
        names=("fernet", "aes"),
        secret_name="ENCRYPTION_KEY",
        rotate_url=None,
        revoke="Encrypt what is stored with a new key; what was encrypted with the old one counts as read.",
        generate=shaped((ALPHANUMERIC, 43), "="),
        calls=(Call("cryptography.fernet.Fernet", "key", 0),),
        issuer=Issuer.SELF,
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="webhook-secret",
        title="Webhook secret",
        pattern=None,
        names=("webhook",),
        secret_name="WEBHOOK_SECRET",
        rotate_url=None,
        revoke="Set a new random value on both sides.",
        generate=shaped((HEX, 40)),
        issuer=Issuer.SELF,
    ),
    SecretKind(
        id="private-key",
        title="Private key",
        pattern=r"-----BEGIN (?:[A-Z0-9]{2,9} )?(?:PRIVATE KEY|PRIVATE KEY BLOCK)-----"
        r"(?=[\s\\rn\"']+(?:[0-9A-Za-z+/=]{40}|Proc-Type|Version:|Comment:))",
        names=(),
        marks=("PRIVATE KEY",),
        spaced=True,
        secret_name="PRIVATE_KEY",
        rotate_url=None,
        revoke="Make a new pair, and remove the old public key wherever it is trusted.",
        generate=shaped("-----BEGIN ", "PRIVATE KEY", "-----\\n", (ALPHANUMERIC, 64), "\\n-----END PRIVATE KEY-----"),
        harm=Harm.TAKE_OVER,
    ),
)
