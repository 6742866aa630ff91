"""Say that a leaked secret was rotated: the old value opens nothing any more.

Only a person can know that. It is noted in .github/tenon-secrets.json of the checkout, which is made to be committed:
name, day and who, never a value. With TENON_INVENTORY_KEY set, another value under the same name is open again.
Exit status: 0 noted, 2 bad usage, or no such secret in code and ledger, 3 internal error.
"""

import argparse
import getpass
import sys

from bot.commands.listing import checkout_options, list_secrets, root_of
from bot.errors import TenonError


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `tenon secrets attest`."""
    parser.add_argument("name", metavar="NAME", help="the secret, as `tenon secrets inventory` calls it")
    checkout_options(parser)
    parser.add_argument("--rotated", action="store_true", required=True, help="the old value was revoked")
    parser.add_argument("--by", metavar="WHO", help="who rotated it (default: you)")
    parser.set_defaults(broker=None)


def run(options: argparse.Namespace) -> int:
    """Note it."""
    from bot import config, ledger
    from bot.accounting import account, entries, today

    root, day = root_of(options), today()
    known = ledger.load(root)
    items = account(list_secrets(options, config.load()), known, root, {})
    meant = [each for each in items if each.name == options.name and each.is_leak]
    if not meant:
        names = ", ".join(sorted({each.name for each in items if each.is_leak})) or "none"
        raise TenonError(f"There is no secret {options.name!r} in the code or in the ledger; there are: {names}.")
    who = options.by or getpass.getuser()
    changed = known.with_entries(entries(meant, day)).rotated(options.name, day, who)
    path = ledger.save(root, changed)
    print(f"» {options.name}: rotated on {day} by {who}, noted in {path}", file=sys.stderr)
    if any(each.places for each in meant):
        print("» its old value still stands in the code: `tenon fix` moves it out", file=sys.stderr)
    return 0
