"""The outlines of YAML and Terraform files: keys, values and lines, read without evaluating anything.

Enough for templates that tools write and people read: block mappings and sequences, flow values as text, tags left out.
Anchors, multi-line strings and expressions come out as text or not at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from transforms.concepts import Place

MOST_LINES = 5_000
_ENTRY = re.compile(r"(?P<key>\"[^\"]*\"|'[^']*'|[^\s:#][^:#]*?)\s*:(?:\s+(?P<value>.*))?$")
_BLOCK = re.compile(r'^\s*(?P<kind>resource|data|module)\s+(?P<labels>(?:"[\w-]+"\s*)+)\{')
_TAG = re.compile(r"^!\w+\s*")


@dataclass(slots=True)
class Node:
    """One key of a YAML mapping, or one element of a sequence (its key is "-")."""

    key: str
    value: str | None
    line: int
    indent: int
    children: list["Node"] = field(default_factory=list)

    def get(self, key: str) -> "Node | None":
        """The child with that key."""
        return next((each for each in self.children if each.key == key), None)

    def text(self, key: str) -> str | None:
        """The plain value of the child with that key."""
        child = self.get(key)
        return child.value if child is not None else None

    def walk(self) -> Iterator["Node"]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a Terraform file."""

    kind: str
    labels: tuple[str, ...]
    body: str
    place: Place

    def raw(self, name: str) -> str | None:
        """An attribute of the block's own level, as written."""
        match = re.search(rf"^\s*{name}\s*=\s*(.+?)\s*(?://.*|#.*)?$", self.body, re.MULTILINE)
        return match[1] if match else None

    def text(self, name: str) -> str | None:
        """An attribute that is a plain string."""
        raw = self.raw(name)
        return raw[1:-1] if raw is not None and raw.startswith('"') and raw.endswith('"') and "${" not in raw else None


def yaml_outline(text: str) -> Node:
    """The whole file below one node."""
    root = Node("", None, 0, -1)
    stack = [root]
    for number, line in enumerate(text.splitlines()[:MOST_LINES], 1):
        bare = line.split(" #")[0].rstrip() if " #" in line else line.rstrip()
        content = bare.lstrip(" ")
        if not content or content.startswith(("#", "---", "%")):
            continue
        _add(stack, content, len(bare) - len(content), number)
    return root


def _add(stack: list[Node], content: str, indent: int, line: int) -> None:
    if content.startswith("- ") or content == "-":
        element = _below(stack, Node("-", None, line, indent))
        rest = content[1:].lstrip()
        if rest and _ENTRY.match(rest):
            _add(stack, rest, indent + len(content) - len(rest), line)
        elif rest:
            element.value = _plain(rest)
        return
    match = _ENTRY.match(content)
    if match is None:
        return
    node = _below(stack, Node(match["key"].strip("\"'"), _plain(match["value"] or ""), line, indent))
    if match["value"] and match["value"].startswith("{"):
        _flow(node, match["value"], line)


def _below(stack: list[Node], node: Node) -> Node:
    while stack[-1].indent > node.indent or (stack[-1].indent == node.indent and not _is_list_of(stack[-1], node)):
        stack.pop()
    stack[-1].children.append(node)
    stack.append(node)
    return node


def _is_list_of(above: Node, node: Node) -> bool:
    """A sequence may stand as far to the left as the key it belongs to."""
    return node.key == "-" and above.key != "-"


def _flow(node: Node, text: str, line: int) -> None:
    """`{ method: post, auth: { name: jwt } }` on one line."""
    for entry in _entries(text.strip().removeprefix("{").removesuffix("}")):
        if match := _ENTRY.match(entry.strip()):
            value = match["value"] or ""
            child = Node(match["key"].strip("\"'"), _plain(value), line, node.indent + 1)
            node.children.append(child)
            if value.startswith("{"):
                _flow(child, value, line)


def _entries(text: str) -> Iterator[str]:
    """The parts between those commas that stand in no brackets and no quotes."""
    depth, quote, begun = 0, "", 0
    for position, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "," and depth == 0:
            yield text[begun:position]
            begun = position + 1
        depth += 0 if quote else (character in "{[") - (character in "}]")
    yield text[begun:]


def _plain(text: str) -> str | None:
    value = _TAG.sub("", text.strip()).strip("\"'")
    return value or None


def hcl_blocks(text: str) -> Iterator[Block]:
    """The blocks at the top of a Terraform file."""
    lines = text.splitlines()[:MOST_LINES]
    number = 0
    while number < len(lines):
        match = _BLOCK.match(lines[number])
        if match is None:
            number += 1
            continue
        end = _end(lines, number)
        labels = tuple(re.findall(r'"([\w-]+)"', match["labels"]))
        place = Place(number + 1, 0, number + 1, 0)
        yield Block(match["kind"], labels, "\n".join(lines[number + 1 : end]), place)
        number = end + 1


def _end(lines: list[str], start: int) -> int:
    """The line of the brace that closes a block; braces in strings come in pairs."""
    depth = 0
    for number in range(start, len(lines)):
        depth += lines[number].count("{") - lines[number].count("}")
        if depth <= 0:
            return number
    return len(lines)
