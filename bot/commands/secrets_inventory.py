"""List the secrets of a checkout: kind, name, places, broker path, owner, and whether each leak was rotated.

A secret that stands in several files is one secret with many places. With TENON_INVENTORY_KEY set, copies of it in
other repositories show up too: a keyed hash is kept in Tenon's database, never a value. What was listed once with
--keep, or moved by `tenon secrets provision`, stays in the list after it has left the code, open until it is attested.
Exit status: 0 done, 1 with --fail-on-open and a leak that is open, 2 bad usage or policy, 3 internal error.
"""

import argparse
import json
import sys

from bot.commands.listing import checkout_options, list_secrets, root_of

EXIT_OPEN = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `tenon secrets inventory`."""
    checkout_options(parser)
    parser.add_argument("--broker", metavar="ID", help="show paths in this broker (default: the policy's)")
    parser.add_argument(
        "--format",
        choices=("table", "json", "cyclonedx"),
        default="table",
        help="table for people, JSON, or a CycloneDX bill of materials of secrets (default: table)",
    )
    parser.add_argument("--all", action="store_true", help="list those of tests, examples and placeholders, too")
    parser.add_argument("--keep", action="store_true", help="note the leaks in .github/tenon-secrets.json")
    parser.add_argument("--fail-on-open", action="store_true", help="exit with 1 while a leak is not attested")


def run(options: argparse.Namespace) -> int:
    """Print the list."""
    from bot import config, ledger
    from bot.accounting import account, copies, entries, today

    settings = config.load()
    listing = list_secrets(options, settings)
    root, day = root_of(options), today()
    known = ledger.load(root)
    items = account(listing, known, root, copies(listing, settings, root))
    if options.keep:
        path = ledger.save(root, known.with_entries(entries(items, day)))
        print(f"» noted in {path}", file=sys.stderr)
    shown = [each for each in items if options.all or each.is_leak]
    match options.format:
        case "json":
            from bot.surfaces.inventory_report import as_json

            print(json.dumps(as_json(shown), indent=2))
        case "cyclonedx":
            from bot.surfaces.inventory_report import as_cyclonedx

            print(json.dumps(as_cyclonedx(shown, root.name), indent=2))
        case _:
            from bot.surfaces.inventory_report import table_lines

            for line in table_lines(shown, hidden=len(items) - len(shown)):
                print(line)
    return EXIT_OPEN if options.fail_on_open and any(each.is_open for each in items) else 0
