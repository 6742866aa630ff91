"""Print every measurement. `--peers DIR` names the folder of bandit's and semgrep's commands."""

import argparse
from pathlib import Path

from tests.bench import scans, webhook


def main() -> None:
    """Run all and print label and figure."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--peers", type=Path, help="the bin folder of an environment with bandit and semgrep")
    options = parser.parse_args()
    for label, figure in scans.rows(options.peers):
        print(f"{label:<54}{figure}", flush=True)
    for label, figure in webhook.run():
        print(f"{label:<54}{figure}", flush=True)


if __name__ == "__main__":
    main()
