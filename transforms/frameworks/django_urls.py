"""The entries of `urlpatterns`: paths, what they lead to, and what wraps it."""

import dataclasses
import re
from collections.abc import Iterator

import libcst as cst

from transforms.concepts import UNREAD_LIST, How
from transforms.frameworks.django_guards import Draft, wrapper_draft
from transforms.frameworks.django_library import FOR_EVERYBODY
from transforms.frameworks.django_library_urls import LISTS
from transforms.frameworks.python_references import module_value, reference, url_path
from transforms.walk import Walk, argument, string_value

ADMIN = "django.contrib.admin.site.urls"
SAID_IN_URLS = "permission_classes"  # the code of a guard that stands there
ALLOW_ANY = "rest_framework.permissions.AllowAny"
_SHOWS_DOCUMENTS = frozenset({"with_ui", "without_ui", "as_cached_view"})
_ENTRIES = frozenset({"path", "re_path", "url"})
_CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")
_NAMED_GROUP = re.compile(r"\(\?P<(\w+)>((?:[^()\\]|\\.|\([^()]*\))*)\)")
_GROUP = re.compile(r"\((?!\?)((?:[^()\\]|\\.)*)\)")
_UNTYPED = frozenset({"int", "str", "slug"})  # what any plain value fits


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One path and what it leads to: a view with its wrappers, or other lists of entries."""

    call: cst.Call | cst.BaseExpression
    path: str | None
    handler: str = ""
    methods: tuple[str, ...] = ()
    guards: tuple[Draft, ...] = ()
    includes: tuple[str, ...] = ()


def entries(walk: Walk, node: cst.BaseExpression) -> Iterator[Entry]:
    """The entries of a list, of a sum of lists, of `i18n_patterns(...)`, or of a router's `urls`."""
    match node:
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            for element in elements:
                yield from entries(walk, element.value)
        case cst.BinaryOperation(left=left, operator=cst.Add(), right=right):
            yield from entries(walk, left)
            yield from entries(walk, right)
        case cst.Call(func=func) if _tail(func) in _ENTRIES:
            yield from _entry(walk, node)
        case cst.Call(func=func, args=args) if _tail(func) in ("i18n_patterns", "format_suffix_patterns", "list"):
            for arg in args:
                yield from entries(walk, arg.value) if arg.keyword is None else ()
        case cst.Attribute() | cst.Name() if (found := reference(walk, node)) is not None:
            yield Entry(node, "", includes=_lists(found))


def is_list_of_entries(node: cst.BaseExpression) -> bool:
    """Whether a value holds URL entries."""
    match node:
        case cst.Tuple(elements=[cst.Element(value=cst.List() as inner), *_]):
            return is_list_of_entries(inner)
        case cst.List(elements=[first, *_]) | cst.Tuple(elements=[first, *_]):
            return isinstance(first.value, cst.Call) and _tail(first.value.func) in _ENTRIES
        case cst.BinaryOperation(left=left, operator=cst.Add(), right=right):
            return is_list_of_entries(left) or is_list_of_entries(right)
        case cst.Call(func=func, args=[first, *_]) if _tail(func) in ("i18n_patterns", "format_suffix_patterns"):
            return isinstance(first.value, cst.Call | cst.List)
    return False


def route_path(walk: Walk, node: cst.BaseExpression | None, *, regular: bool = False) -> str | None:
    """A path with its parameters as `{name}`; constants in it stand as references for the join."""
    text = string_value(node) if node is not None else ""
    if text is not None:
        return _of_regular_expression(text) if regular else _converted(text)
    if isinstance(node, cst.FormattedString):
        parts = [_part(walk, each) for each in node.parts]
        known = [each for each in parts if each is not None]
        return "".join(known) if len(known) == len(parts) else None
    return url_path(walk, node)


def _part(walk: Walk, part: cst.BaseFormattedStringContent) -> str | None:
    match part:
        case cst.FormattedStringText(value=value):
            return _converted(value)
        case cst.FormattedStringExpression(expression=expression):
            return url_path(walk, expression)
    return None


def _converted(text: str) -> str:
    """`<uuid:key>` is `{key:uuid}`; the types that any plain value fits are left out."""

    def parameter(match: re.Match[str]) -> str:
        plain = match[1] is None or match[1] in _UNTYPED
        return f"{{{match[2]}}}" if plain else f"{{{match[2]}:{match[1]}}}"

    return _CONVERTER.sub(parameter, text)


def _of_regular_expression(text: str) -> str:
    named = _NAMED_GROUP.sub(lambda match: _parameter(match[1], match[2]), text)
    while (changed := _GROUP.sub(lambda match: _parameter("value", match[1]), named)) != named:
        named = changed
    plain = re.sub(r"\\Z|\\A|(?<!\\)[$^]|(?<![\\])\?", "", named)
    return plain.replace("\\", "")


def _parameter(name: str, pattern: str) -> str:
    """A group of a regular expression; one that not any value fits says so."""
    try:
        fits = re.fullmatch(pattern, "0") is not None
    except re.error:
        fits = False
    return f"{{{name}}}" if fits else f"{{{name}:pattern}}"


def _entry(walk: Walk, call: cst.Call) -> Iterator[Entry]:
    route, view = argument(call, "route", 0) or argument(call, "regex", 0), argument(call, "view", 1)
    if view is None:
        return
    text = route_path(walk, route, regular=_tail(call.func) != "path")
    yield from _leading_to(walk, call, text, view, ())


def _leading_to(
    walk: Walk, call: cst.Call, path: str | None, view: cst.BaseExpression, guards: tuple[Draft, ...]
) -> Iterator[Entry]:
    match view:
        case cst.Call(func=func, args=[first, *_]) if _tail(func) == "include" and _is_written_out(first.value):
            for inner in entries(walk, first.value):
                known = None if path is None or inner.path is None else path + inner.path
                yield dataclasses.replace(inner, path=known, guards=(*guards, *inner.guards))
        case cst.Call(func=func, args=[first, *_]) if _tail(func) == "include":
            included = tuple(_included(walk, first.value))
            yield Entry(call, path, includes=included, guards=guards)
            yield from _of_library(call, path, included, guards)
            if isinstance(first.value, cst.SimpleString):
                yield Entry(call, path, f"{string_value(first.value)}{UNREAD_LIST}", ("GET",), guards)
        case cst.Call() if documents := _documents(walk, view):
            yield Entry(call, path, documents[0], ("GET",), (*guards, *documents[1]))
        case cst.Call(func=cst.Attribute(value=class_, attr=cst.Name(value="as_view")), args=args):
            asked = _classes_asked(walk, view)
            yield from _class_view(walk, call, path, class_, args[0].value if args else None, (*guards, *asked))
        case cst.Call(func=cst.Attribute(value=class_, attr=cst.Name(value="as_asgi"))):
            if found := reference(walk, class_):
                yield Entry(call, path, found, ("WEBSOCKET",), guards)
        case cst.Call(args=[only]) if not only.keyword:
            draft = wrapper_draft(walk, view)
            yield from _leading_to(walk, call, path, only.value, (*guards, draft) if draft else guards)
        case cst.Attribute() | cst.Name() if found := reference(walk, view):
            if found.endswith(".site.urls"):
                yield Entry(call, path, ADMIN, ("GET", "POST"), guards)
            else:
                yield Entry(call, path, found, (), guards)
            if found.endswith(".urls") and not found.endswith(".site.urls"):  # of an API that has its own
                yield Entry(call, path, includes=_lists(found), guards=guards)
        case cst.SimpleString() if text := string_value(view):
            yield Entry(call, path, text, (), guards)


def _of_library(
    call: cst.Call, path: str | None, included: tuple[str, ...], guards: tuple[Draft, ...]
) -> Iterator[Entry]:
    """The entries of a library's list, where it is known what is in it."""
    names = dict.fromkeys(name.removesuffix(".urlpatterns") for name in included)
    for row in (row for name in names for row in LISTS.get(name, ())):
        asked = (Draft(call, row.asked, How.ROUTER, row.asked.rpartition(".")[2]),) if row.asked else ()
        known = None if path is None else path + row.path
        yield Entry(call, known, row.view, row.methods, (*guards, *asked))


def _documents(walk: Walk, view: cst.Call) -> tuple[str, tuple[Draft, ...]] | None:
    """A view of the API's documents that a library's function has made, and which classes that was told to ask."""
    made: cst.BaseExpression | None = view
    if isinstance(view.func, cst.Attribute) and view.func.attr.value in _SHOWS_DOCUMENTS:
        owner = view.func.value
        made = module_value(walk, owner.value) if isinstance(owner, cst.Name) else owner
    by = (reference(walk, made.func) or "") if isinstance(made, cst.Call) else ""
    if not isinstance(made, cst.Call) or by not in FOR_EVERYBODY:
        return None
    return by, tuple(_classes_asked(walk, made))


def _classes_asked(walk: Walk, call: cst.Call) -> Iterator[Draft]:
    """`permission_classes=[...]` in the call that makes a view: it replaces what its class says."""
    listed = argument(call, "permission_classes")
    named = [each.value for each in listed.elements] if isinstance(listed, cst.List | cst.Tuple) else []
    if listed is not None and not named:
        yield Draft(listed, ALLOW_ANY, How.ROUTER, SAID_IN_URLS, (ALLOW_ANY,))
    for each in named:
        found = reference(walk, each) or ""
        yield Draft(each, found, How.ROUTER, SAID_IN_URLS, (found,))


def _class_view(
    walk: Walk,
    call: cst.Call,
    path: str | None,
    class_: cst.BaseExpression,
    mapping: cst.BaseExpression | None,
    guards: tuple[Draft, ...],
) -> Iterator[Entry]:
    found = reference(walk, class_)
    if found is None:
        return
    if not isinstance(mapping, cst.Dict):
        yield Entry(call, path, found, (), guards)
        return
    for element in mapping.elements:
        verb = string_value(element.key) if isinstance(element, cst.DictElement) else None
        action = string_value(element.value)
        if verb and action:
            yield Entry(call, path, f"{found}.{action}", (verb.upper(),), guards)


def _is_written_out(node: cst.BaseExpression) -> bool:
    """`include([path(...), ...])`, as against a name, or a pair of entries and a namespace."""
    return isinstance(node, cst.List) and is_list_of_entries(node)


def _included(walk: Walk, node: cst.BaseExpression) -> Iterator[str]:
    match node:
        case cst.Tuple(elements=[first, *_]):
            yield from _included(walk, first.value)
        case cst.SimpleString() if text := string_value(node):
            yield f"{text}.urlpatterns"
        case cst.Attribute() | cst.Name() if found := reference(walk, node):
            yield from _lists(found)


def _lists(found: str) -> tuple[str, ...]:
    """What a name may stand for: a list, a module with one, the `urls` of a router."""
    router = (found.removesuffix(".urls"),) if found.endswith(".urls") else ()
    return (*router, found, f"{found}.urlpatterns")


def _tail(func: cst.BaseExpression) -> str:
    match func:
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name
    return ""
