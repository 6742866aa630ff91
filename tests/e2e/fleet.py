"""Tenon as an operator runs it: a web process, workers as processes of their own, and a strict GitHub double.

The processes are configured by nothing but TENON_ variables, as on a real host. Each host has a data directory of its
own; a worker started again on the same host finds its own.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.config import load
from bot.service import Parts, running
from bot.store import Store, open_store
from fixtures.github import GitHubDouble
from fixtures.stage import ASSISTANT, SETTLED
from tests.bot.patience import until
from tests.e2e.scenes import SEED_FILES, SHOP
from tests.e2e.tripwires import Tripwires

ROOT = Path(__file__).parents[2]
Process = subprocess.Popen[bytes]


@dataclass
class Fleet:
    """Everything that runs in one test, and what it says about itself."""

    double: GitHubDouble
    tripwires: Tripwires
    folder: Path
    settings: Mapping[str, str]
    store: Store
    processes: list[Process] = field(default_factory=list)

    def start(self, *command: str, host: str = "a") -> Process:
        """Start `tenon` with this command on a host."""
        environment = {**os.environ, **self.settings, "TENON_DATA_DIR": str(self.folder / host)}
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", *command], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def start_worker(self, host: str = "a") -> Process:
        """Start `tenon work` on a host."""
        return self.start("work", host=host)

    def killer(self, process: Process) -> Callable[[], None]:
        """What ends this process as a power cut would; it is gone when that returns."""

        def kill() -> None:
            process.kill()
            process.wait()

        return kill

    def log(self) -> str:
        """What the processes wrote."""
        return (self.folder / "log").read_text(errors="replace")

    def propose(self, shop: Mapping[str, bytes]) -> int:
        """The shop as a pull request of a coding assistant; its webhook is answered. Returns its number."""
        self.double.add_repository(SHOP, files={name: shop[name] for name in SEED_FILES})
        files = {path: content for path, content in shop.items() if path not in SEED_FILES}
        self.double.push(SHOP, "feature", files, message="Build the shop\n\nMade-with: Cursor", author=ASSISTANT)
        return self.double.open_pull(SHOP, head="feature", title="Build the shop")

    def settle(self) -> None:
        """Wait until every delivery is settled."""

        def is_settled() -> bool:
            states = [each.state for each in self.store.deliveries.recent()]
            return bool(states) and all(state in SETTLED for state in states)

        try:
            until(is_settled, "all deliveries settled")
        except AssertionError as error:
            states = [(each.event, each.action, each.state) for each in self.store.deliveries.recent()]
            raise AssertionError(f"{error}: {states}\n{self.log()[-3000:]}") from None


@contextmanager
def fleet(
    folder: Path, database_url: str, *, web: bool = True, settings: Mapping[str, str] | None = None
) -> Iterator[Fleet]:
    """A double and the web part; workers are the test's to start. Without `web` that too."""
    double = GitHubDouble(folder / "github", validate=True)
    double.faults = tripwires = Tripwires()
    with double:
        settings = {**_settings(double, folder, database_url), **(settings or {})}
        store = open_store(database_url)
        started = Fleet(double, tripwires, folder, settings, store)
        try:
            if web:
                config = load({**settings, "TENON_DATA_DIR": str(folder / "web")})
                with running(config, Parts(store=store, is_known=lambda _: True)) as url:
                    double.webhook_target = f"{url}/webhooks/github"
                    yield started
            else:
                yield started
        finally:
            for process in started.processes:
                process.kill()
                process.wait()
            store.close()


def _settings(double: GitHubDouble, folder: Path, database_url: str) -> dict[str, str]:
    key = folder / "private-key.pem"
    key.touch(mode=0o600)
    key.write_text(double.private_key_pem)
    return {
        "TENON_WEBHOOK_SECRET": double.webhook_secret,
        "TENON_APP_ID": str(double.app_id),
        "TENON_APP_SLUG": double.app_slug,
        "TENON_PRIVATE_KEY_FILE": str(key),
        "TENON_GITHUB_API_URL": double.url,
        "TENON_DATABASE_URL": database_url,
        "TENON_PORT": "0",
        "TENON_CONCURRENCY": "2",
        "TENON_HEARTBEAT_SECONDS": "0.3",
        "TENON_DEAD_AFTER_SECONDS": "2",
        "TENON_POLLING_SECONDS": "0.05",
        "TENON_BACKOFF_SECONDS": "0.1",
        "TENON_GRACE_SECONDS": "1",
        "TENON_LOG_LEVEL": "INFO",
    }
