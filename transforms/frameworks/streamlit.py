"""Streamlit: scripts and functions that people open as pages, and what keeps strangers from them."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import Function, Guarded, GuardUse, How, Kind, Place, Route, Router, Signal
from transforms.frameworks import python_effects as effects
from transforms.frameworks.python_references import reference
from transforms.frameworks.streamlit_conditions import NOTHING, Names
from transforms.frameworks.streamlit_edits import PAGES, guard_route, has_own_guard, own_guard, setup_steps
from transforms.frameworks.streamlit_fixed import says_the_same
from transforms.frameworks.streamlit_flow import Flow, Gate, Gates, Part
from transforms.walk import Handlers, Walk, argument, descendants, string_value

if TYPE_CHECKING:
    from transforms.app import App

__all__ = [
    "NAME", "PACKAGES", "TOKENS", "guard_route", "has_own_guard", "is_served", "own_guard", "read", "setup_steps",
]  # fmt: skip

NAME = "streamlit"
TOKENS = (b"streamlit",)
PACKAGES = frozenset({"streamlit"})

_IN_PAGES = re.compile(r"(?:^|/)pages/[^/]+\.py$")
_ORDER = re.compile(r"^[\W_]*\d*[\W_]*")
_FRONT_MATTER = (cst.Import, cst.ImportFrom, cst.FunctionDef, cst.ClassDef)


def is_served(app: "App", route: Route) -> bool:
    """Whether a script is a page of its own: neither imported by another file, nor offered under a name by one."""
    if not route.router.endswith(PAGES) and route.path == "/" and _navigates(app, route.file):
        return False  # the frame around the pages that it offers
    if route.router.endswith(PAGES) or route.handler != app.files[route.file].module:
        return True
    offered = {each.handler for facts in app.files.values() for each in facts.routes if each.router.endswith(PAGES)}
    if route.file in offered or _is_imported(app, route.file):
        return False
    if _IN_PAGES.search(route.file) is None:
        return True
    return not _navigates(app, route.file.rpartition("/pages/")[0] if "/pages/" in route.file else "", folder=True)


def read(walk: Walk) -> Handlers:
    """Leave Route, Router and Function facts of scripts, and signals about functions that stop strangers."""
    reader = _Reader(walk)
    walk.at_end(reader.end)
    return {cst.FunctionDef: reader.function, cst.Call: reader.call}


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.functions: dict[str, cst.FunctionDef] = {}
        self.calls: dict[str, None] = {}  # of the top level
        self.signals: set[Signal] = set()

    def function(self, node: cst.FunctionDef) -> None:
        """Functions by symbol: scripts call them, and they may stop strangers."""
        self.functions.setdefault(f"{self.walk.symbol}.{node.name.value}", node)

    def call(self, node: cst.Call) -> None:
        """What the top level of the script calls."""
        if self.walk.function is not None or (found := reference(self.walk, node.func)) is None:
            return
        if "." in found:
            self.calls[found] = None
        self.signals.update(effects.of_call(node, found, lambda _: False))

    def end(self) -> None:
        """The whole file was read: follow its script, if it is one."""
        if "streamlit" not in {target.partition(".")[0] for target in self.walk.imports.values()}:
            return
        for symbol, node in self.functions.items():
            self._signals(symbol, node)
        self._script()

    def _signals(self, symbol: str, node: cst.FunctionDef) -> None:
        """Say of a function whether it looks at who the visitor is, and whether it stops strangers."""
        flow = Flow(self.walk, self.functions)
        wraps = symbol.rpartition(".")[0] in self.functions  # a decorator's wrapper refuses by returning
        known = self.walk.signals.setdefault(symbol, set())
        inside = list(descendants(node.body))
        for each in inside:
            if isinstance(each, cst.Assign):
                flow.names.bind(each.targets[0].target, each.value)
        for each in inside:
            test = each.test if isinstance(each, cst.If) else each.value if isinstance(each, cst.Return) else None
            told = flow.names.tells(test) if test is not None else NOTHING
            if _speaks(told.when_true + told.when_false):
                known.add(Signal.READS_CREDENTIAL)
            if isinstance(each, cst.If) and _refuses(flow, each, wraps=wraps):
                known.add(Signal.REFUSES)
        if wraps:  # what a wrapper does, the decorator does
            self.walk.signals.setdefault(symbol.rpartition(".")[0], set()).update(known)

    def _script(self) -> None:
        flow = Flow(self.walk, self.functions)
        behind = flow.script()
        self._function(behind or flow.seen.weakest, flow.seen.called)
        runs = min(flow.seen.runs, key=len, default=())
        for page, gates in flow.seen.pages.items():
            node = next(each for each in descendants(self.walk.tree) if id(each) == page)
            if isinstance(node, cst.Call):
                self._page(node, (*gates, *(gate for gate in runs if gate not in gates)), flow.seen.called)
        if flow.seen.pages:
            self._router(f"{self.walk.module}.{PAGES}")
        for part in flow.seen.parts:
            self._part(part, flow.seen.called)
        if flow.seen.content or flow.seen.navigates or flow.seen.parts or self._configures():
            self._entry()

    def _configures(self) -> bool:
        """Whether the top level shows something, as only a script does."""
        return any(each.startswith("streamlit.") and each.count(".") == 1 for each in self.calls) or bool(
            {f"{self.walk.module}.main"} & self.calls.keys()
        )

    def _function(self, gates: Gates, called: list[Gate]) -> None:
        """The script as a function: it calls, and writes; what refuses in what it calls is judged by its place."""
        symbol, path = self.walk.module, self.walk.path
        calls, signals = tuple(self.calls), tuple(sorted(self.signals - {Signal.REFUSES}))
        front = self._front()
        self.walk.emit(
            lambda place: Function(
                symbol, place, is_async=False, calls=calls, signals=signals, file=path, caught=calls, script=True
            ),
            front,
        )
        for use, node in self._uses(gates, called):
            self.walk.emit(lambda place, use=use: Guarded(symbol, use(place)), node)

    def _uses(self, gates: Gates, called: list[Gate]) -> Iterator[tuple["_Use", cst.BaseExpression]]:
        seen: set[str] = set()
        for how, found in ((How.GATE, gates), (How.INLINE, called)):
            for gate in found:
                name = gate.target.removesuffix("()")
                if name not in seen:
                    seen.add(name)
                    yield _Use(gate.target, how, self.walk.code(gate.node, 200)), gate.node

    def _decorators(self, node: cst.CSTNode) -> Iterator[tuple["_Use", cst.BaseExpression]]:
        """Decorators of a page's function, which may stop strangers."""
        for each in node.decorators if isinstance(node, cst.FunctionDef) else ():
            called = each.decorator.func if isinstance(each.decorator, cst.Call) else each.decorator
            target = reference(self.walk, called)
            if target is not None and not target.startswith("streamlit."):
                yield _Use(target, How.DECORATOR, f"@{self.walk.code(each.decorator, 200)}"), each.decorator

    def _entry(self) -> None:
        """The script itself as a page."""
        symbol, path, front = self.walk.module, self.walk.path, self._front()
        shows = "a page of fixed words" if says_the_same(self.walk, self.walk.tree.body) else ""
        stem = path.rpartition("/")[2].removesuffix(".py")
        url = f"/{slug(_ORDER.sub('', stem) or stem)}" if _IN_PAGES.search(path) else "/"
        self._router(symbol)
        self.walk.emit(
            lambda place, entry: Route(
                NAME,
                ("PAGE",),
                url,
                symbol,
                symbol,
                place,
                entry,
                file=path,
                takes_guards=False,
                kind=Kind.PAGE,
                shows=shows,
            ),
            front,
            self._guarded_from(),
        )

    def _router(self, symbol: str) -> None:
        path = self.walk.path
        self.walk.emit(
            lambda place: Router(symbol, NAME, is_app=True, place=place, file=path, takes_guards=False), self._front()
        )

    def _page(self, call: cst.Call, gates: Gates, called: list[Gate]) -> None:
        """`st.Page("pages/admin.py", title="Admin")`, `st.Page(show_admin)`."""
        source, path = argument(call, "page", 0), self.walk.path
        if source is None:
            return
        script = string_value(source)
        handler = reference(self.walk, source) if script is None else _beside(path, script)
        if not handler:
            return
        named = argument(call, "url_path")
        stem = (script or handler).replace(".py", "").replace("/", ".").rpartition(".")[2]
        url = (string_value(named) if named is not None else None) or slug(_ORDER.sub("", stem) or stem)
        self._route(url, handler, f"{self.walk.module}.{PAGES}", call, (gates, called))

    def _part(self, part: Part, called: list[Gate]) -> None:
        """A function that a menu of the script leads to."""
        url = slug(part.label) or part.handler.rpartition(".")[2]
        self._route(url, part.handler, self.walk.module, part.node, (part.gates, called))

    def _route(self, url: str, handler: str, router: str, node: cst.Call, standing: tuple[Gates, list[Gate]]) -> None:
        path, definition = self.walk.path, self.functions.get(handler) or node
        uses = [*self._uses(*standing), *self._decorators(definition)]

        def build(place: Place, entry: Place, *places: Place) -> Route:
            guards = tuple(use(each) for (use, _), each in zip(uses, places, strict=True))
            return Route(
                NAME, ("PAGE",), f"/{url}", handler, router, place, entry, guards, path,
                takes_guards=False, kind=Kind.PAGE,
            )  # fmt: skip

        self.walk.emit(build, definition, node, *(each for _, each in uses))

    def _front(self) -> cst.CSTNode:
        """Where the script begins to show something: its first statement that uses Streamlit."""
        for statement in self.walk.tree.body:
            if isinstance(statement, _FRONT_MATTER) or _is_import(statement):
                continue
            if any(_is_streamlit(self.walk, e) for e in descendants(statement, cst.Call)):
                return statement
        return self.walk.tree.body[-1] if self.walk.tree.body else self.walk.tree

    def _guarded_from(self) -> cst.CSTNode:
        """The statement before which a guard goes: what follows `st.set_page_config`, which must come first."""
        for block in (each for each in descendants(self.walk.tree) if isinstance(each, cst.Module | cst.IndentedBlock)):
            for statement, following in pairwise(block.body):
                match statement:
                    case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call(func=func))]) if (
                        self.walk.resolve(func) == "streamlit.set_page_config"
                    ):
                        return following
        body = self.walk.tree.body
        plain = (each for each in body if not isinstance(each, _FRONT_MATTER) and not _is_import(each))
        return next((each for each in plain if not _is_docstring(each)), self._front())


class _Use:
    """A guard whose place is not known yet."""

    def __init__(self, target: str, how: How, code: str) -> None:
        self.target, self.how, self.code = target, how, code

    def __call__(self, place: Place) -> GuardUse:
        return GuardUse(self.target, self.how, place, code=self.code)


def slug(text: str) -> str:
    """A text as a segment of a URL; "" where nothing of it can stand there."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-_")


def _speaks(targets: tuple[str, ...]) -> bool:
    return any(target.startswith("streamlit.") for target in targets)


def _refuses(flow: Flow, node: cst.If, *, wraps: bool) -> bool:
    """Whether a condition ends the run of a stranger; leaving the function alone does so only in a wrapper."""
    told = Names.tells(flow.names, node.test)
    if told.when_false and not told.when_true and flow.stops(node.body):
        return wraps or not _only_leaves(node.body)
    if told.when_true and isinstance(node.orelse, cst.Else) and flow.stops(node.orelse.body):
        return wraps or not _only_leaves(node.orelse.body)
    return False


def _only_leaves(body: cst.BaseSuite) -> bool:
    """Whether a suite returns and lets the run go on."""
    last = body.body[-1] if body.body else None
    small = last.body if isinstance(last, cst.SimpleStatementLine) else ()
    return any(isinstance(each, cst.Return) for each in small)


def _is_import(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and all(
        isinstance(each, cst.Import | cst.ImportFrom) for each in statement.body
    )


def _is_docstring(statement: cst.CSTNode) -> bool:
    match statement:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString())]):
            return True
    return False


def _is_streamlit(walk: Walk, call: cst.Call) -> bool:
    return (reference(walk, call.func) or "").startswith("streamlit.")


def _beside(path: str, script: str) -> str:
    """The path of a script that a file names, which does so from its own folder."""
    folder = path.rpartition("/")[0]
    return f"{folder}/{script.removeprefix('./')}" if folder else script.removeprefix("./")


def _navigates(app: "App", where: str, *, folder: bool = False) -> bool:
    """Whether a file (or one directly in a folder) offers pages by `st.navigation`."""
    files = [path for path in app.files if (path.rpartition("/")[0] == where if folder else path == where)]
    return any(route.router.endswith(PAGES) for path in files for route in app.files[path].routes)


def _is_imported(app: "App", path: str) -> bool:
    module = app.files[path].module
    return any(
        each.path != path and any(_names(app, reference_, each.path) == module for _, reference_ in each.imports)
        for each in app.files.values()
    )


def _names(app: "App", reference_: str, near: str) -> str:
    """The module that an imported reference is, or is in."""
    return next((app.modules[name].module for name in (reference_,) if name in app.modules), "") or (
        app.module_of(app.resolve(reference_, near)) or ""
    )
