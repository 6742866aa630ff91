"""Which column of a table each parameter of a SQL statement is for: a literal that is bound to a password is one."""

import re
from collections.abc import Iterator, Mapping

# `?`, `%s`, `%(name)s`, `:name`, `$1`, `@name`
_PARAMETER = re.compile(
    r"\?|%s|%\((?P<percent>\w+)\)s|(?<![:\w]):(?P<colon>[A-Za-z_]\w*)|\$(?P<number>\d+)|@(?P<at>\w+)"
)
_COMPARED = re.compile(r"(\w{1,60})[\"`\]]?\s{0,9}(?:=|\blike|\bis)\s{0,9}(?:\w{1,30}\(\s{0,9})?$", re.IGNORECASE)
_BEFORE = 120  # characters in which the column is looked for that a parameter is compared with or set to
_INSERTED = re.compile(
    r"\b(?:insert\s+(?:or\s+\w+\s+)?|replace\s+)into\s+[\w.\"`\[\]{}]+\s*\((?P<columns>[^()]*)\)\s*values?\s*",
    re.IGNORECASE,
)
STATEMENT = re.compile(r"\s*(?:insert|update|select|delete|replace|with|merge)\s", re.IGNORECASE)


def parameter_columns(statement: str) -> Mapping[str | int, str]:
    """The column of each parameter whose column can be told: by its name, or by its place among those without one."""
    found: dict[str | int, str] = {}
    inserted = _INSERTED.search(statement)
    cells = dict(_cells(statement, inserted)) if inserted is not None else {}
    place = 0
    for match in _PARAMETER.finditer(statement):
        key: str | int | None = match["percent"] or match["colon"] or match["at"]
        if match["number"]:
            key = int(match["number"]) - 1
        if key is None:
            key, place = place, place + 1
        before = _COMPARED.search(statement[max(0, match.start() - _BEFORE) : match.start()])
        column = before[1] if before is not None else cells.get(match.start())
        if column is not None:
            found.setdefault(key, column)
    return found


def _cells(statement: str, inserted: re.Match[str]) -> Iterator[tuple[int, str]]:
    """The column of each character that stands in a row of values."""
    columns = [column.strip().strip('"`[]') for column in inserted["columns"].split(",")]
    depth = cell = 0
    for position in range(inserted.end(), len(statement)):
        match statement[position]:
            case "(":
                cell = 0 if depth == 0 else cell
                depth += 1
            case ")":
                depth -= 1
            case "," if depth == 1:
                cell += 1
            case _ if depth and cell < len(columns):
                yield position, columns[cell]
