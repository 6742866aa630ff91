"""What the actions of `tenon secrets` share: a checkout's secrets, by name, with what the ledger says of them."""

import argparse
import hashlib
import secrets
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import TenonError

if TYPE_CHECKING:
    from bot.commands.scanning import Work
    from bot.config import Config
    from transforms.inventory import Listed, Seal


def checkout_options(parser: argparse.ArgumentParser) -> None:
    """Which checkout is meant, and by which policy it is read."""
    from bot.commands.scan import folder_options

    folder_options(parser)


def chosen_broker(work: "Work", wanted: str | None) -> str:
    """The broker that was asked for, else the policy's; raises TenonError for one that is not known."""
    from transforms.brokers import brokers

    known = [each.id for each in brokers()]
    if wanted is not None and wanted not in known:
        raise TenonError(f"There is no broker {wanted!r}; known: {', '.join(known)}.")
    return wanted or work.policy.broker


@dataclass(frozen=True, slots=True)
class Listing:
    """The secrets of a checkout. `seal` tells values apart; `stable` says whether it does so tomorrow, too."""

    work: "Work"
    listed: "tuple[Listed, ...]"
    seal: "Seal"
    stable: bool
    broker: str

    def files(self) -> dict[str, bytes]:
        """The files that were read."""
        return {each.path: each.content for each in self.work.sources}

    def kept_seal(self, listed: "Listed") -> str:
        """The seal of a secret as far as it may be kept."""
        return listed.seal if self.stable else ""


def list_secrets(options: argparse.Namespace, config: "Config", prefix: str | None = None) -> Listing:
    """Scan the checkout and list its secrets, with their paths in a broker under a prefix; raises TenonError."""
    from bot.commands.scanning import scan_folder
    from transforms.brokers import broker as known_broker
    from transforms.inventory import inventory
    from transforms.same_secret import value_key

    work = scan_folder(options)
    key = config.inventory_key
    secret = hashlib.sha256(key.get_secret_value().encode()).digest() if key else secrets.token_bytes(32)
    seal, broker = partial(value_key, key=secret), chosen_broker(work, options.broker)
    files = {each.path: each.content for each in work.sources}

    def place(name: str) -> str:
        return known_broker(broker).path(name, prefix if prefix is not None else config.secrets_prefix)

    listed = inventory(work.scanned.report.app, files, seal, place)
    return Listing(work, listed, seal, key is not None, broker)


def root_of(options: argparse.Namespace) -> Path:
    """The folder of the checkout."""
    path: Path = options.path
    return path.resolve().parent if path.is_file() else path.resolve()
