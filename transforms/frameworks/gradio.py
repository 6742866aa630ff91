"""Gradio: apps that people open, the handlers behind their widgets, and what launching or mounting asks of people.

Every handler bound to an event is also an endpoint of the app's API, which anybody can call who can open the page.
"""

import re
from dataclasses import dataclass, field

import libcst as cst

from transforms.concepts import Function, Guarded, GuardUse, How, Include, Kind, Route, Router
from transforms.frameworks.gradio_edits import advice, guard_route, has_own_guard, own_guard
from transforms.frameworks.python_references import reference, url_path
from transforms.walk import Handlers, Walk, argument, descendants, string_value

__all__ = ["NAME", "PACKAGES", "TOKENS", "advice", "guard_route", "has_own_guard", "own_guard", "read"]

NAME = "gradio"
TOKENS = (b"gradio",)
PACKAGES = frozenset({"gradio"})

_APPS = re.compile(r"gradio\.(?:\w+\.)*(?:Blocks|Interface|ChatInterface|TabbedInterface)")
_EVENTS = frozenset({
    "click", "submit", "change", "input", "select", "upload", "clear", "load", "unload", "then", "success", "failure",
    "tick", "edit", "like", "retry", "undo", "stop_recording", "start_recording", "stream", "blur", "focus", "release",
    "double_click", "delete", "custom_api",
})  # fmt: skip
_TABS = re.compile(r"gradio\.(?:\w+\.)*(?:Tab|TabItem|Accordion)")
MOUNTS = re.compile(r"gradio\.(?:\w+\.)*mount_gradio_app")
SIGN_IN = "gradio.launch[auth]"  # users and passwords, checked by Gradio before anything is shown


@dataclass(slots=True)
class _Page:
    """An app of this file."""

    symbol: str
    kind: str  # Blocks, Interface
    node: cst.Call
    handlers: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Bound:
    """A handler bound to an event."""

    handler: str
    path: str
    page: str
    node: cst.Call


def read(walk: Walk) -> Handlers:
    """Leave Router, Route, Function, Include and Guarded facts."""
    reader = _Reader(walk)
    walk.at_end(reader.end)
    return {
        cst.With: reader.with_,
        cst.Assign: reader.assigned,
        cst.Call: reader.call,
        cst.FunctionDef: reader.function,
        cst.Return: reader.returned,
    }


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.pages: list[_Page] = []
        self.bound: dict[tuple[str, str], _Bound] = {}
        self.defs: dict[str, cst.FunctionDef] = {}
        self.launches: list[tuple[cst.Call, str | None]] = []
        self.values: dict[str, cst.BaseExpression] = {}
        self.inside: dict[int, tuple[str, str]] = {}  # id of a call -> the page and the tabs around it

    def function(self, node: cst.FunctionDef) -> None:
        """Handlers, and those bound by `@button.click(...)`."""
        symbol = f"{self.walk.symbol}.{node.name.value}"
        self.defs.setdefault(symbol, node)
        for decorator in node.decorators:
            call = decorator.decorator
            if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) and call.func.attr.value in _EVENTS:
                self._bind(call, symbol)

    def with_(self, node: cst.With) -> None:
        """`with gr.Blocks() as demo:`, `with gr.Tab("Admin"):`; what stands inside belongs to them."""
        for item in node.items:
            made = item.item
            kind = self.walk.resolve(made.func) or "" if isinstance(made, cst.Call) else ""
            if isinstance(made, cst.Call) and _APPS.fullmatch(kind):
                name = item.asname.name.value if item.asname and isinstance(item.asname.name, cst.Name) else "<page>"
                self.walk.scopes[-1].names.add(name)
                page = self._found(f"{self.walk.symbol}.{name}", kind, made)
                self._within(node, page.symbol, "")
            elif isinstance(made, cst.Call) and _TABS.fullmatch(kind):
                page_symbol, tabs = self.inside.get(id(made), ("", ""))
                label = argument(made, "label", 0)
                self._within(node, page_symbol, f"{tabs}/{_slug(string_value(label) or '' if label else '')}")

    def assigned(self, node: cst.Assign) -> None:
        """`demo = gr.Interface(...)`."""
        for target in node.targets:
            symbol = reference(self.walk, target.target)
            if symbol is None or not isinstance(target.target, cst.Name | cst.Attribute):
                continue
            self.values.setdefault(symbol, node.value)
            if isinstance(node.value, cst.Call):
                self._made(symbol, node.value)

    def returned(self, node: cst.Return) -> None:
        """`return gr.Interface(...)` in a factory."""
        if isinstance(node.value, cst.Call):
            self._made(f"{self.walk.symbol}.<returned>", node.value)

    def call(self, node: cst.Call) -> None:
        """Events, launches and mounts."""
        if MOUNTS.fullmatch(self.walk.resolve(node.func) or ""):
            self._mounted(node)
        elif isinstance(node.func, cst.Attribute) and node.func.attr.value == "launch":
            self._launched(node, node.func.value)
        elif isinstance(node.func, cst.Attribute) and node.func.attr.value in _EVENTS:
            self._bind(node, self._handler(argument(node, "fn", 0)))
        elif re.fullmatch(r"gradio\.(?:\w+\.)*on", self.walk.resolve(node.func) or ""):
            self._bind(node, self._handler(argument(node, "fn", 1)))

    def end(self) -> None:
        """Pages with all that was said about them."""
        for page in self.pages:
            self._page(page)
        for bound in self.bound.values():
            self._route(bound)

    def _within(self, node: cst.With, page: str, tabs: str) -> None:
        for each in descendants(node.body):
            if isinstance(each, cst.Call):
                self.inside[id(each)] = (page or self.inside.get(id(each), ("", ""))[0], tabs)

    def _made(self, symbol: str, call: cst.Call) -> None:
        """An app made without `with`; its handler is an argument."""
        inner = _unwrapped(call)
        kind = self.walk.resolve(inner.func) or ""
        if _APPS.fullmatch(kind):
            page = self._found(symbol, kind, inner)
            handler = self._handler(argument(inner, "fn", 0))
            if handler is not None and not kind.endswith("TabbedInterface"):
                self._add(handler, page, inner)

    def _found(self, symbol: str, kind: str, call: cst.Call) -> _Page:
        known = next((page for page in self.pages if page.node is call), None)
        if known is None:
            known = _Page(symbol, kind.rpartition(".")[2], call)
            self.pages.append(known)
        return known

    def _launched(self, call: cst.Call, owner: cst.BaseExpression) -> None:
        inner = _unwrapped(owner) if isinstance(owner, cst.Call) else None
        if inner is not None and _APPS.fullmatch(self.walk.resolve(inner.func) or ""):
            symbol: str | None = f"{self.walk.symbol}.<launched>"
            self._made(symbol or "", inner)
        else:
            symbol = reference(self.walk, inner if inner is not None else owner)
        if symbol is None or not (self.pages or self._may_be_one(symbol)):
            return
        self.launches.append((call, symbol))
        self._guards(call, symbol)

    def _may_be_one(self, symbol: str) -> bool:
        """Something of another file: its launch is about a page there, if it is a page."""
        return not symbol.startswith(("plotly", "webbrowser", "playwright", "pyppeteer"))

    def _mounted(self, call: cst.Call) -> None:
        """`gr.mount_gradio_app(app, demo, path="/ui", auth_dependency=...)`."""
        parent, child = argument(call, "app", 0), argument(call, "blocks", 1)
        above = reference(self.walk, parent) if parent is not None else None
        below = self._child(child) if child is not None else None
        if above is None or below is None:
            return
        prefix, path = url_path(self.walk, argument(call, "path", 2)), self.walk.path
        prefix = prefix.rstrip("/") if prefix is not None else None
        self.walk.emit(lambda place: Include(above, below, place, prefix, mounted=True, file=path), call)
        self._guards(call, below)

    def _child(self, node: cst.BaseExpression) -> str | None:
        if isinstance(node, cst.Call) and _APPS.fullmatch(self.walk.resolve(_unwrapped(node).func) or ""):
            symbol = f"{self.walk.symbol}.<mounted>"
            self._made(symbol, node)
            return symbol
        return reference(self.walk, _unwrapped(node) if isinstance(node, cst.Call) else node)

    def _guards(self, call: cst.Call, owner: str) -> None:
        """`auth=` and `auth_dependency=`, as guards of the whole app."""
        for keyword in ("auth", "auth_dependency"):
            value = argument(call, keyword)
            if value is None or (isinstance(value, cst.Name) and value.value == "None"):
                continue
            target = self._asked(value) if keyword == "auth" else reference(self.walk, value) or ""
            if target is not None:
                code = (
                    f"{keyword}={reference(self.walk, value) or '...'}"  # never what is written: it may be a password
                )
                self._guarded(owner, value, target, code)

    def _guarded(self, owner: str, node: cst.BaseExpression, target: str, code: str) -> None:
        how = How.GATE if target else How.APP
        self.walk.emit(lambda place: Guarded(owner, GuardUse(target, how, place, code=code)), node)

    def _asked(self, value: cst.BaseExpression) -> str | None:
        """What stands behind `auth=`: a guard, one that is decided at run time (""), or none."""
        match value:
            case cst.Lambda(body=cst.Name(value="True")):
                return None
            case cst.IfExp() | cst.BooleanOperation():
                return ""
            case cst.Name() | cst.Attribute():
                held = self.values.get(reference(self.walk, value) or "")
                return self._asked(held) if isinstance(held, cst.IfExp | cst.BooleanOperation) else SIGN_IN
        return SIGN_IN

    def _handler(self, node: cst.BaseExpression | None) -> str | None:
        """The function that an event calls, also through a wrapper: `wrap(on_text)`."""
        match node:
            case cst.Name() | cst.Attribute():
                found = reference(self.walk, node)
                return found if found is not None and "." in found else None
            case cst.Call(args=[first, *_]):
                return self._handler(first.value)
        return None

    def _bind(self, call: cst.Call, handler: str | None) -> None:
        symbol, tabs = self.inside.get(id(call), ("", ""))
        page = next((each for each in self.pages if each.symbol == symbol), self.pages[-1] if self.pages else None)
        if handler is None or page is None:
            return
        self._add(handler, page, call, tabs)

    def _add(self, handler: str, page: _Page, call: cst.Call, tabs: str = "") -> None:
        page.handlers[handler] = None
        path = f"{tabs}/{handler.rpartition('.')[2]}".replace("//", "/")
        self.bound.setdefault((handler, page.symbol), _Bound(handler, path, page.symbol, call))

    def _page(self, page: _Page) -> None:
        """The page as an app and as an endpoint, shown where it is launched: there it is opened to people."""
        symbol, path, own = page.symbol, self.walk.path, f"{page.symbol}.{page.kind}"
        launch = self._launch_of(page) or page.node
        handlers = tuple(page.handlers)
        self.walk.emit(lambda place: Router(symbol, NAME, is_app=True, place=place, file=path), page.node)
        self.walk.emit(
            lambda place: Function(own, place, is_async=False, calls=handlers, file=path, caught=handlers, script=True),
            launch,
        )
        self.walk.emit(
            lambda place, entry: Route(
                NAME, ("PAGE",), "/", own, symbol, place, entry, file=path, takes_guards=False, kind=Kind.PAGE
            ),
            launch,
            launch,
        )

    def _launch_of(self, page: _Page) -> cst.Call | None:
        named = [call for call, symbol in self.launches if symbol == page.symbol]
        if named:
            return named[0]
        return self.launches[0][0] if len(self.launches) == 1 and len(self.pages) == 1 else None

    def _route(self, bound: _Bound) -> None:
        """A handler as an endpoint of its own."""
        path, definition = self.walk.path, self.defs.get(bound.handler) or bound.node
        kind = next(page.kind for page in self.pages if page.symbol == bound.page)
        page = f"{bound.page}.{kind}"
        self.walk.emit(
            lambda place, entry: Route(
                NAME, ("PAGE",), bound.path, bound.handler, bound.page, place, entry, file=path,
                takes_guards=False, kind=Kind.PAGE, page=page,
            ),
            definition,
            bound.node,
        )  # fmt: skip


def _unwrapped(call: cst.Call) -> cst.Call:
    """`gr.Blocks()` of `gr.Blocks().queue()`."""
    while isinstance(call.func, cst.Attribute) and isinstance(call.func.value, cst.Call):
        call = call.func.value
    return call


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
