"""Compose files: a literal can become a variable that has to be set, `${NAME:?}`: compose stops without it."""

import re
from pathlib import PurePosixPath

from transforms.concepts import Place
from transforms.textfiles.pairs import DEFAULT

_NAME = re.compile(r"(?:^|[.-])compose[\w.-]*\.ya?ml$", re.IGNORECASE)


def is_compose(path: str) -> bool:
    """Whether compose reads a file of that name."""
    return _NAME.search(PurePosixPath(path).name) is not None


def replaceable(line: str, number: int, column: int, length: int) -> tuple[str | None, Place | None]:
    """What `${NAME:?}` can take the place of: the variable that is asked there already, and the text; or nothing.

    Inside a flow mapping without quotes the closing brace would end the mapping, and a value in part a variable
    already is put together by somebody who knows why.
    """
    for default in DEFAULT.finditer(line):
        if default.start() <= column < default.end():
            return default["name"], Place(number, default.start(), number, default.end())
    before = line[:column].replace("${", "")
    in_quotes = before.count('"') % 2 == 1 or before.count("'") % 2 == 1
    if line.lstrip().startswith("#") or ("{" in before and not in_quotes) or "$" in line[column : column + length]:
        return None, None
    return None, Place(number, column, number, column + length)
