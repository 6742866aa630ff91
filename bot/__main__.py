"""The `tenon` command. Start-up imports nothing heavy: each command's module is imported when it runs."""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence

from bot import __version__
from bot.errors import TenonError

COMMANDS = {
    "scan": "find missing controls in a folder",
    "fix": "write the patches that add them (a dry run unless --write)",
    "explain": "what a control requires, why, and what its patch does",
    "demo": "one webhook becomes one verified pull request, on this machine only",
    "simulate": "what Tenon would do on a pull request, without writing anything",
    "serve": "run the webhook service, by default with a worker in it",
    "work": "run a worker that takes jobs from the database",
}
EXIT_USAGE, EXIT_INTERNAL = 2, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 well, 1 findings, 2 bad usage or policy, 3 internal error."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = _parser()
    if not arguments or arguments[0] in {"-h", "--help"}:
        parser.print_help()
        return 0
    if arguments[0] not in COMMANDS:
        parser.parse_args(arguments)  # --version, or the error that names the commands
        return EXIT_USAGE
    command = importlib.import_module(f"bot.commands.{arguments[0]}")
    own = argparse.ArgumentParser(
        prog=f"tenon {arguments[0]}", description=command.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.configure(own)
    return _run(command.run, own.parse_args(arguments[1:]))


def _run(run: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    try:
        return run(options)
    except TenonError as error:
        print(f"tenon: {error}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `tenon scan | head`
        sys.stderr.close()
        return EXIT_INTERNAL


def _parser() -> argparse.ArgumentParser:
    listed = "\n".join(f"  {name:10}{text}" for name, text in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="tenon",
        usage="tenon <command> [options]",
        description="Tenon fits the missing enterprise controls into AI-generated Python apps.",
        epilog=f"commands:\n{listed}\n\n`tenon <command> --help` says more about one of them.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tenon {__version__}")
    parser.add_argument("command", choices=COMMANDS, metavar="command", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
