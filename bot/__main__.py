"""The `tenon` command. Start-up imports nothing heavy: each command's module is imported when it runs."""

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Callable, Sequence

from bot import __version__
from bot.errors import TenonError

COMMANDS = {
    "scan": "find missing controls in a folder",
    "fix": "write the patches that add them (a dry run unless --write)",
    "explain": "what a control requires, why, and what its patch does",
    "secrets": "which secrets a repository has, and what became of them",
    "demo": "one webhook becomes one verified pull request, on this machine only",
    "simulate": "what Tenon would do on a pull request, without writing anything",
    "serve": "run the webhook service, by default with a worker in it",
    "work": "run a worker that takes jobs from the database",
}
EXIT_USAGE, EXIT_INTERNAL, EXIT_INTERRUPTED = 2, 3, 130


def process() -> int:
    """`main` as a process of its own, which ends without a last look of the garbage collector through all it has."""
    try:
        return main()
    finally:
        gc.freeze()


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
        status = run(options)
        sys.stdout.flush()
    except TenonError as error:
        print(f"tenon: {error}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # `tenon scan | head`: whoever reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_INTERNAL
    except Exception as error:  # noqa: BLE001  the outer edge: a defect gets a status of its own
        print(_defect(error), file=sys.stderr)
        return EXIT_INTERNAL
    return status


def _defect(error: Exception) -> str:
    """Where it happened and what kind it is. Its message is left out: that could quote the code that was read."""
    import traceback

    places = "".join(traceback.format_tb(error.__traceback__))
    return f"tenon: internal error, please report it with these lines:\n{places}{type(error).__name__}"


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
    sys.exit(process())
