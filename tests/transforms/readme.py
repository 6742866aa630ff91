"""Bring the tables of transforms/README.md up to date: `python -m tests.transforms.readme`."""

from pathlib import Path

from transforms.control_table import with_table
from transforms.gates import GATES

PAGE = Path(__file__).parents[2] / "transforms" / "README.md"
BEGIN, END = "<!-- gates: begin -->", "<!-- gates: end -->"


def with_gates(page: str) -> str:
    """The page with the list of gates as it is now."""
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    rows = [f"| `{gate.id}` | {gate.sentence} |" for gate in GATES]
    return "\n".join([f"{before}{BEGIN}\n", "| Gate | What it holds |", "| --- | --- |", *rows, f"\n{END}{after}"])


if __name__ == "__main__":
    PAGE.write_text(with_gates(with_table(PAGE.read_text(encoding="utf-8"))), encoding="utf-8")
