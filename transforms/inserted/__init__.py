"""The modules that patches add to an app: their source, what they need, and how to tell whether somebody edited them.

The files beside this one are ordinary Python, checked and tested as such. A patch copies one into the app's `controls`
package under a shorter name, below a header line with version and content hash. What several of them have in common is
written once, in `parts`: its text is woven into each, so that a module that was added stands alone.
"""

import functools
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

from transforms.weaving import Imports, spaced

VERSION = 1
HEADER = re.compile(r"# tenon: (?P<module>\w+) v(?P<version>\d+) sha256:(?P<digest>[0-9a-f]{64})\n")
WOVEN_IN = re.compile(r"^# woven in here: (\w+)$", re.MULTILINE)
SIBLING = re.compile(r"\.(auth|audit|tenancy)_(fastapi|mcp|sqlalchemy|django)\b")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A distribution that an inserted module imports, with the range it was tested with (PEP 440)."""

    name: str
    range: str


@dataclass(frozen=True, slots=True)
class EnvVar:
    """An environment variable that an inserted module reads; default None means that it must be set."""

    name: str
    meaning: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Inserted:
    """One module that can be added; framework None means any. It uses the `beside` modules only if they are there."""

    name: str
    framework: str | None
    filename: str
    requirements: tuple[Requirement, ...]
    env: tuple[EnvVar, ...]
    beside: tuple[str, ...] = ()
    above: tuple[str, ...] = ()  # parts that stand above its own code, and those below it
    below: tuple[str, ...] = ()  # (a part may also stand where its own code says so: see WOVEN_IN)


@dataclass(frozen=True, slots=True)
class InsertedModule:
    """A module ready to be written into an app's `controls` package."""

    path_name: str
    text: str
    requirements: tuple[Requirement, ...]
    env: tuple[EnvVar, ...]


SECRETS_ENV = (
    EnvVar("SECRETS_BACKEND", "where secrets are read: env, vault, aws, ssm, gcp or azure", "env"),
    EnvVar("SECRETS_PREFIX", "path or name prefix in the backend", ""),
    EnvVar("SECRETS_TTL_SECONDS", "how long a value may be served from memory", "300"),
)
DATABASE_ENV = (
    EnvVar("DATABASE_CREDENTIALS", "who gives out database credentials: vault or aws", "vault"),
    EnvVar("DATABASE_ROLE", "role or user that the database knows the app by", None),
    EnvVar("DATABASE_MOUNT", "vault: where the database engine is mounted", "database"),
    EnvVar("DATABASE_ENDPOINT", "aws: host and port of the database", ""),
)
AUTH_ENV = (
    EnvVar("OIDC_ISSUER", "URL of the OpenID Connect issuer", None),
    EnvVar("OIDC_AUDIENCE", "audience that a token must carry", None),
    EnvVar("OIDC_ROLES_CLAIM", "dotted path of the claim with the roles", "roles"),
    EnvVar("OIDC_TENANT_CLAIM", "dotted path of the claim with the tenant", "tenant_id"),
    EnvVar("OIDC_ALGORITHMS", "asymmetric algorithms accepted", "RS256,ES256,EdDSA"),
)
WORKLOAD_ENV = (
    EnvVar("OIDC_ISSUER", "URL of the OpenID Connect issuer", None),
    EnvVar("WORKLOAD_AUDIENCE", "audience of the service that is called: its OIDC_AUDIENCE", None),
    EnvVar("WORKLOAD_CLIENT_ID", "the client that this program is at the issuer", None),
    EnvVar("WORKLOAD_TOKEN_FILE", "file with a token of the platform, in the place of WORKLOAD_CLIENT_SECRET", ""),
    EnvVar("WORKLOAD_SCOPE", "scope to ask for, where the issuer wants one", ""),
    EnvVar("WORKLOAD_AUDIENCE_PARAMETER", "how the issuer is told the audience", "resource"),
)
AUDIT_ENV = (
    EnvVar("AUDIT_FILE", "file that gets each audit line as well as stdout", ""),
    EnvVar("AUDIT_RETENTION_DAYS", "days after which rotated audit files are deleted", ""),
)
AUTH_MCP_ENV = (
    *(each for each in AUTH_ENV if each.name != "OIDC_ROLES_CLAIM"),
    EnvVar("MCP_SERVER_URL", "public URL of the MCP endpoint, told to clients that must sign in", ""),
)
SIGN_IN_ENV = (
    EnvVar("OIDC_ISSUER", "URL of the OpenID Connect issuer", None),
    EnvVar("OIDC_CLIENT_ID", "what the identity provider calls this app", None),
    EnvVar("OIDC_REDIRECT_URI", "full address of the sign-in callback, as registered at the provider", None),
    EnvVar("OIDC_CLIENT_KIND", "confidential (it has a secret) or public (PKCE alone)", "confidential"),
    EnvVar("OIDC_CLIENT_SECRET", "secret of a confidential client", None),
    EnvVar("SIGN_IN_KEY", "long random text that signs the cookie of a sign-in", None),
)
AUTHLIB = (Requirement("Authlib", ">=1.9,<2"), Requirement("joserfc", ">=1.6,<2"))
REQUESTS = Requirement("requests", ">=2.31,<3")
SIGN_IN = (*AUTHLIB, Requirement("httpx", ">=0.27,<1"), Requirement("itsdangerous", ">=2.1,<3"))
JWT = Requirement("PyJWT[crypto]", ">=2.10,<3")
HVAC = Requirement("hvac", ">=2.3,<3")
BOTO3 = Requirement("boto3", ">=1.34,<2")
GOOGLE = Requirement("google-cloud-secret-manager", ">=2.20,<3")
AZURE = (Requirement("azure-identity", ">=1.16,<2"), Requirement("azure-keyvault-secrets", ">=4.8,<5"))

PARTS = "transforms.inserted.parts"
CHECKS = ("token_check", "discovery")

INSERTED = (
    Inserted("secrets", None, "secrets.py", (), SECRETS_ENV),
    Inserted("workload", None, "workload.py", (), WORKLOAD_ENV, beside=("secrets",), below=("discovery",)),
    Inserted("database", None, "database.py", (), DATABASE_ENV, beside=("secrets",)),
    Inserted("auth", "fastapi", "auth_fastapi.py", (JWT,), AUTH_ENV, ("audit",), ("principal",), CHECKS),
    Inserted("auth", "starlette", "auth_starlette.py", (JWT,), AUTH_ENV, (), ("principal",), CHECKS),
    Inserted("auth", "mcp", "auth_mcp.py", (JWT,), AUTH_MCP_ENV, below=CHECKS),
    Inserted("auth", "flask", "auth_flask.py", (JWT,), AUTH_ENV, (), ("principal",), CHECKS),
    Inserted("auth", "django", "auth_django.py", (JWT,), AUTH_ENV, (), ("principal",), CHECKS),
    Inserted("auth", "django_rest", "auth_django.py", (JWT,), AUTH_ENV, (), ("principal",), CHECKS),
    Inserted("sign_in", "fastapi", "sign_in_fastapi.py", SIGN_IN, SIGN_IN_ENV, beside=("secrets", "audit")),
    Inserted("sign_in", "flask", "sign_in_flask.py", (*AUTHLIB, REQUESTS), SIGN_IN_ENV[:-1], beside=("secrets",)),
    *(
        Inserted("sign_in", each, "sign_in_django.py", (*AUTHLIB, REQUESTS), SIGN_IN_ENV[:-1], beside=("secrets",))
        for each in ("django", "django_rest")
    ),
    Inserted("audit", "fastapi", "audit_fastapi.py", (), AUDIT_ENV, beside=("auth",)),
    Inserted("tenancy", "fastapi", "tenancy_sqlalchemy.py", (), (), beside=("auth", "audit")),
    Inserted("tenancy", "sqlalchemy", "tenancy_sqlalchemy.py", (), (), beside=("auth", "audit")),
)
# What a backend of `secrets` needs beyond the standard library; added only if the organisation's policy chose it.
BACKEND_REQUIREMENTS: dict[str, tuple[Requirement, ...]] = {
    "env": (),
    "vault": (HVAC,),
    "aws": (BOTO3,),
    "ssm": (BOTO3,),
    "gcp": (GOOGLE,),
    "azure": AZURE,
}


@functools.cache
def source(name: str, framework: str | None, full: frozenset[str] = frozenset()) -> InsertedModule:
    """The module of this name for a framework. Raises LookupError if there is none.

    `full` are the modules beside it that stand under their full names ("auth_fastapi").
    """
    for entry in INSERTED:
        if entry.name == name and entry.framework in {None, framework}:
            text = stamp(
                SIBLING.sub(lambda found: found[0] if found[0][1:] in full else f".{found[1]}", woven(entry)), name
            )
            return InsertedModule(f"{name}.py", text, entry.requirements, entry.env)
    raise LookupError(f"no inserted module {name!r} for {framework!r}")


def woven(entry: Inserted) -> str:
    """The text of a module with its parts in it."""
    plain = files(__name__).joinpath(entry.filename).read_text(encoding="utf-8")
    if not parts_of(entry):
        return plain
    imports = Imports(PARTS)
    bodies = [_filled(text, imports) for text in (*map(part, entry.above), plain, *map(part, entry.below))]
    docstring = plain[: plain.index('"""', 3) + 3]
    code = spaced(bodies)
    gap = "\n\n\n" if code.startswith(("@", "class ", "def ")) else "\n\n"
    return f"{docstring}\n\n{imports.text()}{gap}{code}"


def _filled(text: str, imports: Imports) -> str:
    """The code of a text with the code of its parts in the places that it names."""
    code = imports.take_apart(text)
    return WOVEN_IN.sub(lambda found: _filled(part(found[1]), imports).strip("\n"), code)


def parts_of(entry: Inserted) -> tuple[str, ...]:
    """The names of the parts that a module is woven of, those of its parts among them."""
    plain = files(__name__).joinpath(entry.filename).read_text(encoding="utf-8")
    texts = [plain, *map(part, (*entry.above, *entry.below))]
    named: list[str] = []
    while texts:
        found = WOVEN_IN.findall(texts.pop())
        named += found
        texts += map(part, found)
    return (*entry.above, *named, *entry.below)


def part(name: str) -> str:
    """The text of a part."""
    return files(PARTS).joinpath(f"{name}.py").read_text(encoding="utf-8")


def is_there(name: str, framework: str | None) -> bool:
    """Whether there is a module of this name for a framework; some libraries bring their own sign-in."""
    return any(entry.name == name and entry.framework in {None, framework} for entry in INSERTED)


def stamp(text: str, name: str) -> str:
    """Put the header line (module, version, hash of the rest) in front of a module's text."""
    return f"# tenon: {name} v{VERSION} sha256:{digest(text)}\n{text}"


def is_untouched(text: str) -> bool:
    """Whether the text is as a patch wrote it: only then may a later patch replace it. Line endings do not count."""
    text = text.replace("\r\n", "\n")
    header = HEADER.match(text)
    return header is not None and header["digest"] == digest(text[header.end() :])


def version_of(text: str) -> int | None:
    """The version in the header line; None if the text is not an inserted module."""
    header = HEADER.match(text.replace("\r\n", "\n"))
    return int(header["version"]) if header else None


def digest(text: str) -> str:
    """SHA-256 of the text, as hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
