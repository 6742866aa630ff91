"""One repository through tokens of one mode: where every call to GitHub passes the retry policy."""

from collections.abc import Callable
from typing import TypeVar

from github.Repository import Repository

from bot.forges.failures import Unauthorized
from bot.forges.github_app import GitHubApp, InstallationAuth, Scope

T = TypeVar("T")


class Link:
    """A repository as PyGithub sees it. Its objects are lazy: read what you need inside the call, and return data."""

    def __init__(self, app: GitHubApp, scope: Scope, full_name: str) -> None:
        self._app = app
        self._scope = scope
        self._repository = app.client(InstallationAuth(app, scope)).get_repo(full_name)

    def call(self, doing: str, request: Callable[[Repository], T]) -> T:
        """What `request` returns; it must be safe to repeat. Raises ForgeError or one of its kinds."""
        used = self._app.token(self._scope).value
        try:
            return self._app.patience.call(doing, lambda: request(self._repository))
        except Unauthorized:
            # GitHub revokes tokens when an installation changes; nothing was done, so ask again with a fresh one.
            self._app.forget(self._scope, used)
        return self._app.patience.call(doing, lambda: request(self._repository))
