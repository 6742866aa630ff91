"""A service of a compose file gives its program more variables, in the way in which it gives others."""

from collections.abc import Iterable, Iterator, Mapping

from transforms.concepts_containers import Fills
from transforms.edit_kinds import HandOn
from transforms.outlines import Node
from transforms.rewrite_text import behind_line, lines_of
from transforms.rewrite_tree import CannotEdit, Splice
from transforms.textfiles.containers import blocks, fills, variables

_STEP = 2  # columns by which a block is set in, where the service itself does not show it


def handed_on(text: str, edits: Iterable[HandOn], newline: str) -> Iterator[Splice]:
    """The lines that services lack, one splice for each; raises CannotEdit where one gives variables otherwise."""
    wanted: dict[str, dict[str, str]] = {}
    for edit in edits:
        value = f"${{{edit.name}:?}}" if edit.value is None else edit.value
        wanted.setdefault(edit.service, {}).setdefault(edit.name, value)
    there = {each.key: each for each in blocks(text)} if wanted else {}
    for service, names in wanted.items():
        if service not in there:
            raise CannotEdit("there is no such service")
        given = set(variables(there[service]))
        missing = {name: value for name, value in names.items() if name not in given}
        if missing:
            line, code = _lines(text, there[service], missing)
            yield behind_line(text, line - 1, newline.join(code), newline)


def _lines(text: str, service: Node, names: Mapping[str, str]) -> tuple[int, list[str]]:
    """The number of the line behind which they go, and the lines."""
    how = fills(service)
    if how not in (Fills.MAP, Fills.LIST, Fills.NOTHING):
        raise CannotEdit("the service is given its variables in another way")
    if how is Fills.NOTHING:
        build = service.get("build") or service.get("image")
        if build is None:
            raise CannotEdit("the service runs nothing that is known")
        step = max(build.indent - service.indent, 1) if service.indent < build.indent else _STEP
        outer, inner = " " * build.indent, " " * (build.indent + step)
        return _last_line(build), [f"{outer}environment:", *(f"{inner}{each}" for each in _entries(names))]
    given = service.get("environment")
    assert given is not None
    last = given.children[-1]
    indent = " " * last.indent
    if how is Fills.MAP:
        return _last_line(given), [f"{indent}{each}" for each in _entries(names)]
    written = lines_of(text)[last.line - 1].strip().removeprefix("-").lstrip()
    quote = written[:1] if written[:1] in "\"'" else ""
    said = (f"{name}={value}" if value else name for name, value in names.items())
    return _last_line(given), [f"{indent}- {quote}{each}{quote}" for each in said]


def _entries(names: Mapping[str, str]) -> Iterator[str]:
    """The entries of a mapping; one without a value is given what is set, if it is."""
    return (f"{name}: {value}" if value else f"{name}:" for name, value in names.items())


def _last_line(node: Node) -> int:
    return max(each.line for each in node.walk())
