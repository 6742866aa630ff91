"""What a variable, key or parameter name says about its value: nothing, perhaps a secret, or surely one.

A name is read as words. The last word that means anything decides (`password_hash` is no password, `hash_password` does
not hold one), the words before it say whose (`SMTP_PASSWORD`), and some of them say that it is none (`csrf_token`,
`primary_key`, `wrong_password`).
"""

import functools
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.secrets import kinds
from transforms.secrets.vocabulary import words

# names that say what it is, and not whose
GENERIC = re.compile(
    r"^(?:(?:the|my|new|old|original|default|plain|raw|user|hashed)_?)?(?:authorization|password|passwd|pwd|pass|pw|secret|token|key|"
    r"api_?key|apikey|auth_?token|access_?token|secret_?key|app_?id|url|uri|dsn|https?|host|hostname|server|address|conn\w*|webhook|value|default)(?:_?\d+|_to_\w+)?$",
    re.IGNORECASE,
)
_GATE = re.compile(r"pass|pwd|pw|secret|token|key|pepper|salt|senha|contrase|kennwort|pin|credential", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NAMED = re.compile(r"(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]+)\d*|\d+")  # a digit belongs to what it stands behind
_LONGEST = 80

_PASSWORD = words(
    "password passwd pwd passphrase passcode passwort kennwort contrasena contraseña senha pass pw psw psswd"
)
_GLUED = {  # words written without a seam, and what they are made of
    "apikey": ("api", "key"), "secretkey": ("secret", "key"), "accesskey": ("access", "key"),
    "privatekey": ("private", "key"), "authkey": ("auth", "key"), "authtoken": ("auth", "token"),
    "accesstoken": ("access", "token"), "apitoken": ("api", "token"), "bottoken": ("bot", "token"),
    "apisecret": ("api", "secret"), "appsecret": ("app", "secret"), "clientsecret": ("client", "secret"),
    "jwtsecret": ("jwt", "secret"), "dbpass": ("db", "pass"), "userpass": ("user", "pass"),
    "dbpassword": ("db", "password"), "adminpass": ("admin", "pass"), "userpassword": ("user", "password"),
    "adminpassword": ("admin", "password"), "pgpassword": ("pg", "password"), "mypassword": ("my", "password"),
    "secretstring": ("secret",), "masterkey": ("master", "key"), "sessionsecret": ("session", "secret"),
    "webhooksecret": ("webhook", "secret"), "rootpassword": ("root", "password"), "smtppass": ("smtp", "pass"),
}  # fmt: skip
# behind the deciding word, and of no weight
_TRAILING = words(
    "value val default str string plain plaintext raw prod production dev development live staging local base hex "
    "bytes b64 base64 encoded literal tmp temp current main primary secondary backup test testing demo initial"
)
_CUT = frozenset(("to", "for", "of", "from", "in"))  # `password_to_test`: what follows is another story
# before a password: the name is of an action, a state or a message
_NO_PASSWORD = words(
    "common forbidden blocked banned breached denied forgot forgotten reset resetting change changing verify check "
    "validate has is no wrong invalid bad incorrect missing required require show hide toggle hash hashed encrypted "
    "weak strong min max single multi by forward backward bypass fake update confirm confirmation "
    "generate get set make create compare test_wrong"
)
_NO_SECRET = words(
    "no is has get read fetch load create put wrong invalid missing top hashed hash encrypted existing pull tls"
)
_NO_TOKEN = words(
    "csrf xsrf pad eos bos unk mask cls sep special stop start end next previous page continuation pagination sync "
    "cancel cancellation quote reply first last current max min num n per prompt completion input output word sub "
    "image separator keyword delimiter comma string number op operator name identifier invalid expired missing fake "
    "wrong bad no unknown mock dummy total verify_email design idempotency get create validate decode parse check "
    "has is hashed hash encrypted"
)
_STRONG_TOKEN = words(
    "auth access api bot bearer verify personal deploy admin service app master root oauth registry page private "
    "security integration webhook"
)
_NO_KEY = words(
    "metadata product public publishable anon primary foreign sort partition hash range cache dict json map lookup "
    "group order unique index object s3 file routing idempotency config setting form field data translation event row "
    "column entity node header state site measurement vapid pub natural composite parent sub next press arrow hot "
    "short keyboard registry str string i18n locale label message item query param attr attribute property metric "
    "tag route url path redis user session cookie storage test result response request context store name id type "
    "value project business issue"
)
_NEVER_KEY = words("missing invalid wrong expired unknown hashed encrypted verify verifying")
_STRONG_KEY = words(
    "api secret private access signing sign encryption encrypt crypto auth master service fernet aes hmac jwt admin "
    "subscription account license server shared webhook role consumer app"
)
_SIGNING = frozenset(("secret", "signing", "sign", "session", "cookie", "flask", "django", "app", "csrf", "security"))
_DATABASE = words("db database postgres postgresql pg mysql mariadb mongo mongodb redis sql rds mssql neo4j")
_MAIL = words("smtp mail email imap gmail mailbox")


@dataclass(frozen=True, slots=True)
class NameReading:
    """What a name says: the kind of secret it would hold, and whether the name alone is reason enough to look hard."""

    kind: str
    strong: bool
    of_host: bool = False  # said by the address that a client is told to call


@functools.lru_cache(maxsize=16384)
def read_name(name: str) -> NameReading | None:
    """What a name says about its value; None when it speaks of no secret."""
    if len(name) > _LONGEST or not _GATE.search(name):
        return None
    words = _words(name)
    while words and (words[-1].isdigit() or words[-1] in _TRAILING):
        words.pop()
    if not words:
        return None
    last, before = words[-1], words[:-1]
    if last in ("hash", "digest") or (last in _PASSWORD and before and before[-1] in ("hashed", "encrypted")):
        return NameReading("password-hash", strong=True) if _PASSWORD & set(words) else None
    if last in _PASSWORD:
        return _password(before)
    if last == "secret":
        return _secret(before)
    if last == "token":
        return _token(before)
    if last == "key":
        return _key(before)
    if last == "salt" and "password" in before and "security" in before:
        return NameReading("framework-signing-key", strong=True)  # Flask-Security signs its links with it
    if last == "pin" and {"admin", "master", "access", "login"} & set(before):
        return NameReading("account-password", strong=True)
    return None


def secret_name(name: str) -> str:
    """A name as a broker's entry is called: `apiKey` -> `API_KEY`, `s3Secret` -> `S3_SECRET`."""
    return "_".join(_NAMED.findall(name)).upper()


def _words(name: str) -> list[str]:
    words: list[str] = []
    for word in _WORD.findall(name):
        lower = word.lower()
        if lower in _CUT and words:
            break
        words.extend(_GLUED.get(lower, (lower,)))
    return words


def _password(before: Sequence[str]) -> NameReading | None:
    owner = set(before)
    if owner & _NO_PASSWORD or before[-1:] in (["first"], ["second"]):
        return None  # one of two fields; FIRST_SUPERUSER_PASSWORD is another story
    if vendor := next((_of_passwords()[word] for word in before if word in _of_passwords()), None):
        return NameReading(vendor, strong=True)
    if owner & _DATABASE:
        return NameReading("database-password", strong=True)
    if owner & _MAIL:
        return NameReading("smtp-password", strong=True)
    return NameReading("account-password", strong=True)


def _secret(before: Sequence[str]) -> NameReading | None:
    owner = set(before)
    if owner & _NO_SECRET or {"key", "vault"} <= owner:  # the last: how an entry of Azure's Key Vault is called
        return None
    vendor = _vendor(before, "secret")
    if "webhook" in owner:
        return NameReading(vendor or "webhook-secret", strong=True)
    if "jwt" in owner or ("token" in owner and vendor is None):
        return NameReading("jwt-signing-key", strong=True)
    if owner & {"client", "oauth", "consumer"} and not (vendor and vendor.endswith("-secret")):
        return NameReading("oauth-client-secret", strong=True)
    if vendor:
        return NameReading(vendor, strong=True)
    if owner & (_SIGNING | {"auth", "hmac", "nextauth"}):
        return NameReading("framework-signing-key", strong=True)
    return NameReading("api-key", strong=bool(before))


def _token(before: Sequence[str]) -> NameReading | None:
    owner = set(before)
    if owner & _NO_TOKEN:
        return None
    if vendor := _vendor(before, "token"):
        return NameReading(vendor, strong=True)
    return NameReading("access-token", strong=bool(owner & _STRONG_TOKEN))


def _key(before: Sequence[str]) -> NameReading | None:
    owner = set(before)
    if not before or owner & _NEVER_KEY:
        return None
    if {"jwt", "jose"} & owner and not {"public"} & owner:
        return NameReading("jwt-signing-key", strong=True)
    if "secret" in owner and not owner & {"api", "access", "aws", "client"} and not _vendor(before, "key"):
        return NameReading("framework-signing-key", strong=True)
    if owner & {"encryption", "encrypt", "fernet", "aes", "crypto", "cipher"}:
        return NameReading("encryption-key", strong=True)
    if before[-1] in _NO_KEY or (owner & _NO_KEY and not owner & _STRONG_KEY):
        return None
    if "secret" in owner and "aws" in owner:
        return NameReading("aws-secret-key", strong=True)
    if vendor := _vendor(before, "key"):
        return NameReading(vendor, strong=True)
    if owner & {"signing", "sign", "session"}:
        return NameReading("framework-signing-key", strong=True)
    if {"access", "token"} <= owner:
        return NameReading("access-token", strong=True)
    return NameReading("api-key", strong=bool(owner & _STRONG_KEY))


@functools.cache
def _of_passwords() -> dict[str, str]:
    """The kind of password that a word stands for."""
    return {word: kind.id for kind in kinds() if kind.id.endswith("-password") for word in kind.names}


@functools.cache
def _vendors() -> dict[str, str]:
    """The kind that a vendor's word, or two in a row, stand for. Passwords are not issued by vendors."""
    words: dict[str, str] = {}
    for kind in kinds():
        for word in kind.names:
            if not kind.id.endswith("password"):
                words.setdefault(word, kind.id)
    return words


def _vendor(before: Sequence[str], last: str) -> str | None:
    vendors = _vendors()
    pairs = (f"{one} {two}" for one, two in itertools.pairwise((*before, last)))
    found = next((vendors[each] for each in (*pairs, *before) if each in vendors), None)
    if found == "twilio-token" and last == "key":
        return "twilio-key"
    if found == "stripe-key" and last == "secret" and "webhook" in before:
        return "stripe-webhook-secret"
    return None if found == "jwt-signing-key" or found == "webhook-secret" else found
