"""Tenon as a GitHub App: its JSON web token, its installations, and tokens narrowed to what one job may do.

A token reaches one repository and is for reading or for writing, never "everything the installation has": the process
that reads hostile text holds a token that cannot write. PyGithub's own `get_access_token` cannot name repositories, so
tokens are asked for by the plain request. No repr, message or log line holds a token or any part of the private key.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import jwt
from github import Auth, Github

from bot.errors import ConfigError, ForgeError, NotAllowed, NotFound
from bot.forges.private_key import PrivateKey
from bot.forges.retrying import Patience

GITHUB = "https://api.github.com"
API_VERSION = "2022-11-28"
USER_AGENT = "tenon-bot"
_SPARE_SECONDS = 300.0  # a token that would run out sooner is replaced: a job's next minutes are safe
_MOST_KEPT = 2000  # tokens; beyond it, those that ran out are forgotten
_LEVELS = ("none", "read", "write", "admin")

# PyGithub prints to stderr by a handler of its own, and at DEBUG it would log the reply that carries a token.
for _handler in list(logging.getLogger("github").handlers):
    logging.getLogger("github").removeHandler(_handler)
logging.getLogger("github").setLevel(logging.WARNING)


class TokenMode(StrEnum):
    """What a token is for."""

    READ = "read"
    WRITE = "write"
    SARIF = "sarif"  # code scanning results, a permission many installations do not grant


PERMISSIONS: Mapping[TokenMode, Mapping[str, str]] = {
    TokenMode.READ: {"metadata": "read", "contents": "read", "pull_requests": "read", "checks": "read"},
    TokenMode.WRITE: {"metadata": "read", "contents": "write", "pull_requests": "write", "checks": "write"},
    TokenMode.SARIF: {"metadata": "read", "security_events": "write"},
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a token is narrowed to: one repository of one installation, and a mode."""

    installation_id: int
    repository_id: int
    mode: TokenMode


@dataclass(frozen=True, slots=True)
class InstallationToken:
    """A token of GitHub's and when it runs out (seconds since the epoch)."""

    value: str = field(repr=False)
    expires_at: float


@dataclass(slots=True)
class _Slot:
    """The place of one scope's token. Whoever holds the lock may mint; the others wait and find it done."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    token: InstallationToken | None = None


class GitHubApp:
    """The App at one GitHub. Threads may share it: all jobs of a process do."""

    def __init__(
        self,
        app_id: int,
        private_key: PrivateKey | str,
        base_url: str = GITHUB,
        *,
        patience: Patience | None = None,
        timeout_seconds: int = 15,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app_id = app_id
        self.patience = patience or Patience(clock=clock)
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout_seconds
        self._clock = clock
        key: PrivateKey = private_key if callable(private_key) else (lambda: private_key)
        self._requester = self.client(Auth.AppAuth(app_id, sign_func=lambda claims: _signed(claims, key()))).requester
        self._lock = threading.Lock()
        self._slots: dict[Scope, _Slot] = {}
        self._granted: dict[int, Mapping[str, str]] = {}
        self._slug: str | None = None

    def __repr__(self) -> str:
        return f"GitHubApp(app_id={self.app_id}, base_url={self._base_url!r})"

    def client(self, auth: Auth.Auth) -> Github:
        """A PyGithub client as Tenon wants it: its own retries and pauses off (`Patience` does both), lazy objects."""
        return Github(
            auth=auth,
            base_url=self._base_url,
            timeout=self._timeout,
            user_agent=USER_AGENT,
            per_page=100,
            retry=None,
            seconds_between_requests=0,
            seconds_between_writes=0,
            lazy=True,
            api_version=API_VERSION,
        )

    def bot_login(self) -> str:
        """The login of the App's own acts, asked for once."""
        if self._slug is None:
            self._slug = str(self._ask("ask who the App is", "GET", "/app")["slug"])
        return f"{self._slug}[bot]"

    def installation_of(self, full_name: str) -> int:
        """The installation that reaches a repository ("owner/name"); raises NotFound when the App is not installed."""
        doing = f"find the App's installation on {full_name}"
        return int(self._ask(doing, "GET", f"/repos/{full_name}/installation")["id"])

    def permissions(self, installation_id: int) -> Mapping[str, str]:
        """What the installation grants at this moment: permission name to `read` or `write`."""
        doing = "ask what the installation may do"
        granted: Mapping[str, str] = self._ask(doing, "GET", f"/app/installations/{installation_id}")["permissions"]
        self._granted[installation_id] = granted
        return granted

    def repository_id(self, installation_id: int, full_name: str) -> int:
        """The number of a repository that is known by name alone; raises NotFound."""
        name = full_name.rpartition("/")[2]
        asked = {"repositories": [name], "permissions": {"metadata": "read"}}
        found = self._mint(installation_id, asked).get("repositories", [])
        if len(found) != 1:
            raise NotFound(f"The App's installation does not reach {full_name}.")
        return int(found[0]["id"])

    def token(self, scope: Scope) -> InstallationToken:
        """A token for this scope that is good for some minutes yet; minted by one thread, whoever asks.

        Raises NotAllowed when the installation grants nothing of what the mode needs, NotFound when it is gone.
        """
        slot = self._slot(scope)
        with slot.lock:
            if slot.token is None or slot.token.expires_at - self._clock() < _SPARE_SECONDS:
                slot.token = self._new_token(scope)
            return slot.token

    def forget(self, scope: Scope, refused: str) -> None:
        """Drop a token that GitHub did not accept, unless it has been replaced already."""
        slot = self._slot(scope)
        with slot.lock:
            if slot.token and slot.token.value == refused:
                slot.token = None

    def _slot(self, scope: Scope) -> _Slot:
        with self._lock:
            if len(self._slots) > _MOST_KEPT:
                now = self._clock()
                self._slots = {
                    key: slot for key, slot in self._slots.items() if slot.token and slot.token.expires_at > now
                }
            return self._slots.setdefault(scope, _Slot())

    def _new_token(self, scope: Scope) -> InstallationToken:
        known = self._granted.get(scope.installation_id)
        try:
            return self._narrowed(scope, known or self.permissions(scope.installation_id))
        except (NotAllowed, NotFound):
            raise
        except ForgeError:
            if known is None:
                raise
            # 422: what was granted has changed since we asked.
            return self._narrowed(scope, self.permissions(scope.installation_id))

    def _narrowed(self, scope: Scope, granted: Mapping[str, str]) -> InstallationToken:
        """A token with what the mode needs and the installation grants."""
        wanted = PERMISSIONS[scope.mode]
        permissions = {
            name: level for name, need in wanted.items() if (level := _lower(need, granted.get(name))) != "none"
        }
        if permissions.keys() <= {"metadata"}:
            raise NotAllowed(f"The App's installation grants none of the permissions to {scope.mode}.")
        minted = self._mint(
            scope.installation_id, {"repository_ids": [scope.repository_id], "permissions": permissions}
        )
        return InstallationToken(minted["token"], datetime.fromisoformat(minted["expires_at"]).timestamp())

    def _mint(self, installation_id: int, asked: Mapping[str, Any]) -> dict[str, Any]:
        # A token whose reply was lost is never used and runs out by itself, so this may be repeated.
        path = f"/app/installations/{installation_id}/access_tokens"
        return self._ask("get a token for the repository", "POST", path, asked)

    def _ask(self, doing: str, verb: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One request as the App itself."""
        reply: dict[str, Any] = self.patience.call(
            doing, lambda: self._requester.requestJsonAndCheck(verb, path, input=body)[1]
        )
        return reply


class InstallationAuth(Auth.Auth):
    """PyGithub's view of a scope: it asks for the token before each request, so a fresh one is always used."""

    def __init__(self, app: GitHubApp, scope: Scope) -> None:
        self._app = app
        self._scope = scope

    @property
    def token_type(self) -> str:
        """The word in front of the token."""
        return "Bearer"

    @property
    def token(self) -> str:
        """The token of the moment."""
        return self._app.token(self._scope).value


def _lower(need: str, granted: str | None) -> str:
    return min(need, granted or "none", key=_LEVELS.index)


def _signed(claims: dict[str, Any], pem: str) -> str:
    """The App's JSON web token; raises ConfigError for a key that cannot sign, saying nothing of it."""
    try:
        return jwt.encode(claims, pem, algorithm="RS256")
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        problem = type(error).__name__
    raise ConfigError(f"The App's private key cannot sign ({problem}): is it the RSA key that GitHub gave out?")
