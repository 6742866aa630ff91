"""Write the secrets of a checkout to a broker, under the names by which the patched app asks for them.

For a person who may read the code and write to the broker: values go from the files to the broker and are neither
printed nor kept. What is there already stays as it is, unless --overwrite. Placeholders and what stands in tests is
left out. The broker is signed in to as its own command line would: VAULT_ADDR and VAULT_TOKEN; the default credentials
of AWS, Google Cloud or Azure (AZURE_KEYVAULT_URL).
A name with two values in the code is left out until somebody says which of them is used: --from FILE:LINE.
The value has leaked all the same: rotate it, then `tenon secrets attest`.
Exit status: 0 done or nothing to do, 1 something was left out or was there already, 2 bad usage or a broker that
refuses, 3 internal.
"""

import argparse
import sys
from typing import TYPE_CHECKING

from bot.commands.listing import Listing, checkout_options, list_secrets, root_of
from bot.errors import TenonError

if TYPE_CHECKING:
    from bot.provisioning import Keeper
    from transforms.inventory import Listed

EXIT_PARTLY = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `tenon secrets provision`."""
    checkout_options(parser)
    parser.add_argument("--broker", metavar="ID", help="vault, aws, ssm, gcp or azure (default: the policy's)")
    parser.add_argument("--name", action="append", default=[], metavar="NAME", help="only this secret (repeatable)")
    parser.add_argument(
        "--from", dest="spots", action="append", default=[], metavar="FILE[:LINE]",
        help="of two values under one name, the one that stands there (repeatable)",
    )  # fmt: skip
    parser.add_argument("--prefix", metavar="P", help="folder or first part of names there (default: SECRETS_PREFIX)")
    parser.add_argument("--overwrite", action="store_true", help="write a new version of what is there already")
    parser.add_argument("--dry-run", action="store_true", help="say what would be written, and write nothing")


def run(options: argparse.Namespace) -> int:
    """Write each secret, and say which was written where."""
    from bot import config, ledger
    from bot.accounting import account, entries, today
    from bot.provisioning import keeper
    from transforms.inventory import values_of

    settings = config.load()
    prefix: str = options.prefix if options.prefix is not None else settings.secrets_prefix or ""
    listing = list_secrets(options, settings, prefix)
    chosen, left = _chosen(listing, options.name, options.spots)
    for first, second in left:
        _say(_either(first, second))
    if not chosen:
        _say("nothing to provision")
        return EXIT_PARTLY if left else 0
    kept = keeper(listing.broker, settings, prefix)
    values = {} if options.dry_run else values_of(listing.work.scanned.report.app, listing.files(), listing.seal)
    done = [_provision(each, kept, values, listing.broker, options) for each in chosen]
    if not options.dry_run:
        root = root_of(options)
        known = ledger.load(root)
        items = account(listing, known, root, {})
        names = {each.name for each in chosen}
        ledger.save(root, known.with_entries(entries((each for each in items if each.name in names), today())))
    return 0 if all(done) and not left else EXIT_PARTLY


def _chosen(listing: Listing, names: list[str], spots: list[str]) -> "tuple[list[Listed], list[tuple[Listed, Listed]]]":
    """The secrets that are meant, and those of one name of which nobody said which; raises TenonError for bad usage."""
    real = [each for each in listing.listed if not each.placeholder and not each.test_only]
    missing = set(names) - {each.name for each in real}
    if missing:
        known = ", ".join(sorted({each.name for each in real})) or "none"
        raise TenonError(f"There is no secret {', '.join(sorted(missing))} in the code; there are: {known}.")
    pointed = [each for each in real if any(_stands_at(each, spot) for spot in spots)]
    if unknown := [spot for spot in spots if not any(_stands_at(each, spot) for each in real)]:
        raise TenonError(f"No secret stands at {', '.join(unknown)}.")
    by_name: dict[str, list[Listed]] = {}
    for each in real:
        if not names or each.name in names:
            by_name.setdefault(each.name, []).append(each)
    chosen, left = [], []
    for several in by_name.values():
        wanted = [each for each in several if each in pointed] or several
        if len(wanted) == 1:
            chosen += wanted
        else:
            left.append((wanted[0], wanted[1]))
    return chosen, left


def _stands_at(listed: "Listed", spot: str) -> bool:
    return any(spot in (each.path, f"{each.path}:{each.line}") for each in listed.spots)


def _either(first: "Listed", second: "Listed") -> str:
    """What to do about two values of one name."""
    one, other = (f"{each.spots[0].path}:{each.spots[0].line}" for each in (first, second))
    return (
        f"{first.name}: left out, it has two values, at {one} and {other}: "
        f"say which one is used (--from {one}), or remove the other from the code"
    )


def _provision(
    listed: "Listed", kept: "Keeper", values: dict[str, str], broker: str, options: argparse.Namespace
) -> bool:
    """Write one secret; False if it was there already."""
    from bot.provisioning import told

    with told(broker):
        if kept.has(listed.name) and not options.overwrite:
            _say(f"{listed.name}: there already at {listed.kept_at}, left as it is (--overwrite writes a new version)")
            return False
        if options.dry_run:
            _say(f"{listed.name}: would be written to {listed.kept_at}")
            return True
        kept.put(listed.name, values[listed.seal])
    _say(f"{listed.name}: written to {listed.kept_at}")
    return True


def _say(text: str) -> None:
    print(f"» {text}", file=sys.stderr, flush=True)
