"""What runs an app: the services of a compose file, and what a Dockerfile takes into its image.

Read by outline, not evaluated. A service that is given variables in a way that is not followed says so.
"""

import re
from collections.abc import Iterator
from posixpath import basename, dirname, normpath

from transforms.concepts_containers import Copied, Fills, Image, Service
from transforms.outlines import Node, yaml_outline
from transforms.textfiles.compose import is_compose
from transforms.textfiles.recipes import is_dockerfile

_BUILDS = re.compile(r"^\s*build\s*:", re.MULTILINE)
_COPY = re.compile(r"^\s*(?:COPY|ADD)\s+(?P<rest>.+)$", re.IGNORECASE)
_STARTS = re.compile(r"^\s*(?:CMD|ENTRYPOINT)\s+(?P<rest>.+)$", re.IGNORECASE)
_OPTION = re.compile(r"--[\w-]+(?:=\S+)?\s+")
_WORDS = re.compile(r"[\w./:-]+")
_NAME = re.compile(r"[A-Za-z_]\w*")


def services_in(path: str, text: str) -> tuple[Service, ...]:
    """The services of a compose file, and what several of them share (`x-app: &app`), if one is built there."""
    if not is_compose(path) or (_BUILDS.search(text) is None and "image" not in text):
        return ()
    return tuple(_service(path, each) for each in blocks(text))


def blocks(text: str) -> Iterator[Node]:
    """The parts of a compose file that say how something runs."""
    outline = yaml_outline(text)
    services = outline.get("services")
    yield from services.children if services is not None else ()
    yield from (each for each in outline.children if each.key.startswith("x-") and each.get("build") is not None)


def fills(block: Node) -> Fills:
    """How a block gives variables."""
    given = block.get("environment")
    if given is None:
        return Fills.FILE if block.get("env_file") is not None else Fills.NOTHING
    if given.value is not None or not given.children or block.get("env_file") is not None:
        return Fills.FILE if block.get("env_file") is not None else Fills.OTHERWISE
    if any((each.value or "").startswith(("|", ">")) for each in given.children):
        return Fills.OTHERWISE  # a text of several lines, of which the outline has the first
    return Fills.LIST if all(each.key == "-" for each in given.children) else Fills.MAP


def variables(block: Node) -> Iterator[str]:
    """The names that a block gives."""
    given = block.get("environment")
    for each in given.children if given is not None else ():
        said = each.key if each.key != "-" else each.value or (each.children[0].key if each.children else "")
        if match := _NAME.match(said.strip("\"' ")):
            yield match[0]


def _service(path: str, block: Node) -> Service:
    build, folder = block.get("build"), dirname(path)
    context = dockerfile = None
    if build is not None:
        said = build.value if build.value and not build.value.startswith(("{", "&", "*")) else build.text("context")
        context = _joined(folder, said) if said else None  # an override says only what is different
        dockerfile = _joined(context, build.text("dockerfile") or "Dockerfile") if context is not None else None
    command = [each for key in ("command", "entrypoint") if (each := block.get(key)) is not None]
    started = (word for node in command for each in node.walk() for word in _WORDS.findall(each.value or ""))
    return Service(block.key, context, dockerfile or "", fills(block), tuple(variables(block)), tuple(started), path)


def _joined(folder: str, path: str) -> str | None:
    """A path from the repository's root; None for one that leads out of it, or that is put together."""
    if "$" in path or "://" in path or path.startswith("/"):
        return None
    found = normpath(f"{folder}/{path}" if folder else path)
    return None if found.startswith("..") else "" if found == "." else found


def images_in(path: str, text: str) -> tuple[Image, ...]:
    """What a Dockerfile takes along, where it says so plainly."""
    if not is_dockerfile(basename(path)):
        return ()
    lines = text.splitlines()
    copied, started = [], list[str]()
    for number, line in enumerate(lines, 1):
        if match := _STARTS.match(line):
            started += _WORDS.findall(match["rest"])
        elif (match := _COPY.match(line)) and (found := _copied(match["rest"], number)) is not None:
            copied.append(found)
    return (Image(tuple(copied), tuple(started), path),)


def _copied(rest: str, number: int) -> Copied | None:
    if "--from" in rest or rest.rstrip().endswith("\\") or "<<" in rest:
        return None
    while option := _OPTION.match(rest):
        rest = rest[option.end() :]
    words = re.findall(r"[^\s\"',\[\]]+", rest) if rest.lstrip().startswith("[") else rest.split()
    return Copied(tuple(words[:-1]), words[-1], number) if len(words) > 1 else None
