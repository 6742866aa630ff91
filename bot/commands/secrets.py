"""What becomes of a repository's secrets: list them, put them where they belong, say that they were rotated.

No value is ever printed, logged or kept. `tenon secrets ACTION --help` says more about one action.
"""

import argparse
import importlib
import pkgutil
from types import ModuleType

from bot import commands

_PREFIX = "secrets_"


def configure(parser: argparse.ArgumentParser) -> None:
    """One action for each module `secrets_<action>` beside this one."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")
    for name, module in _actions():
        text = module.__doc__ or ""
        own = actions.add_parser(
            name,
            help=text.partition("\n")[0].rstrip("."),
            description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(own)
        own.set_defaults(run_action=module.run)


def run(options: argparse.Namespace) -> int:
    """Run the chosen action."""
    status: int = options.run_action(options)
    return status


def _actions() -> list[tuple[str, ModuleType]]:
    names = sorted(each.name for each in pkgutil.iter_modules(commands.__path__) if each.name.startswith(_PREFIX))
    return [(name.removeprefix(_PREFIX), importlib.import_module(f"bot.commands.{name}")) for name in names]
