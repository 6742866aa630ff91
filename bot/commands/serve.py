"""Run the webhook service, with a worker process beside it that does the jobs.

Settings come from variables named TENON_...; docs/operations.md lists them. The service refuses to start without
TENON_WEBHOOK_SECRET. Stop it with SIGTERM or Ctrl-C: running jobs get a few seconds, the others wait in the database.
"""

import argparse
import sys


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `tenon serve`."""
    parser.add_argument("--no-worker", action="store_true", help="only receive: `tenon work` elsewhere does the jobs")


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from bot import config as configuration
    from bot.service import Parts, serve
    from bot.wiring import github_app, installation_is_known

    config = configuration.load()
    config.require_webhook_secret()
    github_app(config)  # a missing App id or key is said now, not by the first job
    worker = () if options.no_worker else (sys.executable, "-m", "bot", "work")
    parts = Parts(worker_command=worker, is_known=installation_is_known(config))
    return serve(config, parts, on_ready=lambda url: print(f"tenon: listening on {url}", file=sys.stderr, flush=True))
