"""Run a worker that takes jobs from the database; start as many as you like, on as many hosts, when it is Postgres.

Settings come from variables named TENON_...; docs/operations.md lists them. A worker that dies is no loss: the others
adopt its jobs.
"""

import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """`tenon work` has no options of its own."""


def run(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Work until told to stop."""
    from bot import config as configuration
    from bot.service import work
    from bot.wiring import runner_factory

    config = configuration.load()
    return work(config, runner_factory(config))
