"""The table route x (who may call, tenant, audited), before a patch and after it, made from verdicts alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.surfaces.markdown import code, table
from transforms.api import Family, Outcome, Verdict

COLUMNS = (
    (Family.IDENTITY, "Who may call"),
    (Family.AUTHORIZATION, "Role"),
    (Family.TENANCY, "Tenant"),
    (Family.AUDIT, "Audited"),
)
MOST_ROWS = 100  # what comes behind the table matters too, and GitHub takes only so much text
_WORDS = {
    (Family.IDENTITY, Outcome.PASS): "signed in",
    (Family.IDENTITY, Outcome.FAIL): "anyone",
    (Family.AUTHORIZATION, Outcome.PASS): "asked for",
    (Family.AUTHORIZATION, Outcome.FAIL): "any",
    (Family.TENANCY, Outcome.PASS): "own rows",
    (Family.TENANCY, Outcome.FAIL): "all rows",
    (Family.AUDIT, Outcome.PASS): "yes",
    (Family.AUDIT, Outcome.FAIL): "no",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One route and, for each column, the word before and the word after."""

    route: str
    path: str
    cells: tuple[tuple[str, str], ...]

    @property
    def changed(self) -> bool:
        """Whether the patch changes anything for this route."""
        return any(before != after for before, after in self.cells)


def rows(before: Iterable[Verdict], after: Iterable[Verdict]) -> list[Row]:
    """A row for every route and tool that any verdict is about, in the order of the files."""
    was, now = _words(before), _words(after)
    found = []
    for key in was | now:
        cells = tuple((was.get(key, {}).get(family, "-"), now.get(key, {}).get(family, "-")) for family, _ in COLUMNS)
        found.append(Row(key[1], key[0], cells))
    return found


def render(found: Sequence[Row]) -> str:
    """The table as Markdown, of the first routes where there are very many; a cell that changes shows both words."""
    lines = [[code(row.route), *(_arrow(*pair) for pair in row.cells)] for row in found[:MOST_ROWS]]
    text = table(["Route", *(title for _, title in COLUMNS)], lines)
    return f"{text}\n\nand {len(found) - MOST_ROWS} more." if len(found) > MOST_ROWS else text


def _arrow(before: str, after: str) -> str:
    return before if before == after else f"{before} → **{after}**"


def _words(verdicts: Iterable[Verdict]) -> dict[tuple[str, str], dict[Family, str]]:
    """Words by (path, route). A query counts for the route whose handler holds it; the worst verdict wins."""
    routes: dict[tuple[str, str], dict[Family, str]] = {}
    by_handler: dict[str, list[tuple[str, str]]] = {}
    verdicts = list(verdicts)
    for verdict in verdicts:
        if verdict.subject.kind in ("route", "tool"):
            key = (verdict.subject.path, verdict.subject.name)
            routes.setdefault(key, {})
            if key not in by_handler.setdefault(verdict.subject.symbol, []):
                by_handler[verdict.subject.symbol].append(key)
    for verdict in sorted(verdicts, key=lambda each: each.outcome is Outcome.FAIL):
        for key in by_handler.get(verdict.subject.symbol, ()):
            if verdict.subject.kind == "query" or (verdict.subject.path, verdict.subject.name) == key:
                routes[key][verdict.family] = _word(verdict)
    return routes


def _word(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.UNKNOWN:
        return "not known"
    if verdict.exempt:
        return "public" if verdict.family is Family.IDENTITY else "not needed"
    return _WORDS.get((verdict.family, verdict.outcome), verdict.outcome.value)
