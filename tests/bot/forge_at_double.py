"""The real forge at the GitHub double, with a sleep that is only noted."""

from dataclasses import dataclass, field

from bot.forges.github import GitHubForge
from bot.forges.github_app import GitHubApp
from bot.forges.retrying import Patience
from fixtures.github import GitHubDouble

SHOP = "acme/shop"
MAIN = {"app/main.py": b"from fastapi import FastAPI\n\napp = FastAPI()\n", "old.py": b"print('old')\n"}
FEATURE = {"app/main.py": MAIN["app/main.py"] + b"MODE = 'test'\n", "app/orders.py": b"ORDERS = []\n"}


@dataclass(slots=True)
class Clock:
    """Time that passes only when somebody sleeps."""

    now: float
    slept: list[float] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def furnish(double: GitHubDouble) -> None:
    """One shop with one open pull request: number 1, from `feature` to `main`."""
    double.add_repository(SHOP, files=MAIN)
    double.push(SHOP, "feature", {**FEATURE}, message="Add orders", login="octo-dev")
    double.open_pull(SHOP, head="feature", title="Add orders", body="Made in a hurry.")


def app_at(double: GitHubDouble, clock: Clock | None = None, timeout_seconds: int = 15) -> GitHubApp:
    """The App, its sleep noted and not slept."""
    if clock is None:
        return GitHubApp(double.app_id, double.private_key_pem, double.url, patience=Patience(sleep=lambda _: None))
    patience = Patience(sleep=clock.sleep, clock=clock.time)
    key = double.private_key_pem
    return GitHubApp(
        double.app_id, key, double.url, patience=patience, clock=clock.time, timeout_seconds=timeout_seconds
    )


def forge_at(double: GitHubDouble, app: GitHubApp | None = None, full_name: str = SHOP) -> GitHubForge:
    """The forge for one repository of the double."""
    return GitHubForge.of(app or app_at(double), 100, full_name, double.repository_id(full_name))


def asked(double: GitHubDouble, method: str, ending: str) -> int:
    """How often the double was asked by a method for a path with that ending."""
    return sum(1 for request in double.requests if request.method == method and request.path.endswith(ending))
