"""What a Streamlit script shows to whom: its statements followed in order, with the conditions in force at each.

A script runs from its first line for every visitor. `st.stop()` behind `if not signed_in:` keeps a stranger from all
that follows; `if signed_in:` keeps them from its body. What only a stranger reaches (a sign-in form) is not looked at.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst

from transforms.frameworks.python_references import reference
from transforms.frameworks.streamlit_conditions import Names, Tells
from transforms.walk import Walk, descendants, is_for_programs, string_value

DEEPEST = 3  # functions that are followed into
# What ends a run, or leads elsewhere.
_STOPS = frozenset({
    "streamlit.stop", "streamlit.switch_page", "streamlit.rerun", "streamlit.experimental_rerun", "sys.exit", "exit",
})  # fmt: skip
# Widgets that take something from a visitor or show data: what a page is there for.
_CONTENT = frozenset({
    "button", "form_submit_button", "text_input", "text_area", "number_input", "chat_input", "file_uploader",
    "camera_input", "audio_input", "download_button", "dataframe", "table", "data_editor", "metric", "json",
    "line_chart", "bar_chart", "area_chart", "plotly_chart", "altair_chart", "pyplot", "map", "write_stream",
    "chat_message", "date_input", "slider", "multiselect", "checkbox", "toggle", "form", "video", "audio",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition that a visitor met to get here, and the expression that asks for it."""

    target: str
    node: cst.BaseExpression


Gates = tuple[Gate, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A function that a menu leads to, under the label of the menu."""

    label: str
    node: cst.Call
    handler: str
    gates: Gates


@dataclass(slots=True)
class Seen:
    """What was found on the way through one script."""

    content: list[Gates] = field(default_factory=list)  # the conditions in force where something is shown
    calls: list[Gates] = field(default_factory=list)  # the same, where another file's function is called
    parts: list[Part] = field(default_factory=list)
    pages: dict[int, Gates] = field(default_factory=dict)  # id of an `st.Page` call -> conditions of being offered
    runs: list[Gates] = field(default_factory=list)  # where the chosen page is run
    navigates: bool = False
    called: list[Gate] = field(default_factory=list)  # functions that run for every visitor

    @property
    def weakest(self) -> Gates:
        """What every visitor of the content met."""
        if self.content:
            return min(self.content, key=len)
        return max(self.calls, key=len, default=())


class Flow:
    """Follows one script."""

    def __init__(self, walk: Walk, functions: Mapping[str, cst.FunctionDef]) -> None:
        self.walk = walk
        self.functions = functions  # of this file, by symbol
        self.names = Names(walk)
        self.seen = Seen()
        self.offered: dict[str, dict[int, Gates]] = {}  # name -> the pages it holds
        self.tables: dict[str, list[tuple[str, str]]] = {}  # name -> label and handler of a dict of functions
        self._open: list[str] = []
        self._branches = 0  # conditions around the statement

    def script(self) -> Gates:
        """Follow the whole script; the conditions in force at its end."""
        return self.block(self.walk.tree.body, ())

    def block(self, statements: Sequence[cst.CSTNode], gates: Gates, *, stranger: bool = False) -> Gates:
        """Follow statements; the conditions in force behind them."""
        for statement in statements:
            match statement:
                case cst.If():
                    gates = self._if(statement, gates, stranger=stranger)
                case cst.With() | cst.Try():
                    for item in statement.items if isinstance(statement, cst.With) else ():
                        self._expression(item.item, gates, stranger=stranger)
                    gates = self.block(statement.body.body, gates, stranger=stranger)
                case cst.For() | cst.While():
                    self.block(statement.body.body, gates, stranger=stranger)
                case cst.SimpleStatementLine() | cst.SimpleStatementSuite():
                    for each in statement.body:
                        gates = self._small(each, gates, stranger=stranger)
                case cst.BaseSmallStatement():
                    gates = self._small(statement, gates, stranger=stranger)
        return gates

    def stops(self, body: cst.BaseSuite, depth: int = 0) -> bool:
        """Whether a suite ends the run, or leaves its function, at the end."""
        return any(self._stops(each, depth) for each in body.body)

    def _stops(self, statement: cst.CSTNode, depth: int) -> bool:
        match statement:
            case cst.SimpleStatementLine(body=small):
                return any(self._stops(each, depth) for each in small)
            case cst.Return() | cst.Raise():
                return True
            case cst.Expr(value=cst.Call(func=func)):
                return self._ends_the_run(func, depth)
            case cst.With(body=body):
                return self.stops(body, depth)
            case cst.If(body=body, orelse=cst.Else(body=other)):
                return self.stops(body, depth) and self.stops(other, depth)
        return False

    def _ends_the_run(self, func: cst.BaseExpression, depth: int) -> bool:
        found = reference(self.walk, func) or ""
        if found in _STOPS:
            return True
        called = self.functions.get(found)
        return called is not None and depth < DEEPEST and self._always_stops(called, depth)

    def _always_stops(self, function: cst.FunctionDef, depth: int) -> bool:
        """Whether a function ends the run whatever happens: `show_login()` that has `st.stop()` as its last word."""
        last = function.body.body[-1]
        small = last.body if isinstance(last, cst.SimpleStatementLine) else [last]
        return any(
            isinstance(each, cst.Expr)
            and isinstance(each.value, cst.Call)
            and self._ends_the_run(each.value.func, depth + 1)
            for each in small
        )

    def _if(self, node: cst.If, gates: Gates, *, stranger: bool) -> Gates:
        self._expression(node.test, gates, stranger=stranger)
        main = is_for_programs(node)
        self._branches += not main
        behind = self._branched(node, gates, stranger=stranger)
        self._branches -= not main
        return behind

    def _branched(self, node: cst.If, gates: Gates, *, stranger: bool) -> Gates:
        told = self.names.tells(node.test)
        label = self._label(node.test)
        if label is not None and not stranger:
            self._part(label, node.body, self._with(gates, told.when_true, node.test))
        after: list[Gates] = []
        inside = self.block(
            node.body.body, self._with(gates, told.when_true, node.test), stranger=stranger or _only_strangers(told)
        )
        if not self.stops(node.body):
            after.append(inside)
        after.append(self._else(node, self._with(gates, told.when_false, node.test), told, stranger=stranger))
        if isinstance(node.orelse, cst.Else) and self.stops(node.orelse.body) and len(after) > 1:
            after.pop()
        if is_for_programs(node):
            return inside
        return tuple(gate for gate in after[0] if all(gate in each for each in after)) if after else gates

    def _else(self, node: cst.If, gates: Gates, told: Tells, *, stranger: bool) -> Gates:
        strange = stranger or (bool(told.when_true) and not told.when_false)
        match node.orelse:
            case cst.If():
                return self._if(node.orelse, gates, stranger=strange)
            case cst.Else(body=body):
                return self.block(body.body, gates, stranger=strange)
        return gates

    def _with(self, gates: Gates, targets: Iterable[str], node: cst.BaseExpression) -> Gates:
        known = {gate.target for gate in gates}
        return (*gates, *(Gate(target, node) for target in targets if target not in known))

    def _small(self, node: cst.CSTNode, gates: Gates, *, stranger: bool) -> Gates:
        match node:
            case (
                cst.Assign(targets=[cst.AssignTarget(target=target), *_], value=value)
                | cst.AnnAssign(target=target, value=value)
            ) if value is not None:
                gates = self._expression(value, gates, stranger=stranger)
                self._bind(target, value, gates)
            case cst.AugAssign(target=cst.Name(value=name), value=value):
                self._offer(name, value, gates)
            case cst.Expr(value=value):
                gates = self._expression(value, gates, stranger=stranger)
        return gates

    def _bind(self, target: cst.BaseExpression, value: cst.BaseExpression, gates: Gates) -> None:
        self.names.bind(target, value)
        match target:
            case cst.Name(value=name):
                self.offered[name] = {}
                self._offer(name, value, gates)
                self.tables[name] = list(self._table(value))
            case cst.Subscript(value=cst.Name(value=name)):
                self._offer(name, value, gates)

    def _offer(self, name: str, value: cst.BaseExpression, gates: Gates) -> None:
        """Pages that a name holds from now on."""
        there = self.offered.setdefault(name, {})
        for page, held in self._pages_in(value, gates).items():
            there[page] = min(there.get(page, held), held, key=len)

    def _pages_in(self, value: cst.BaseExpression, gates: Gates) -> dict[int, Gates]:
        """The pages that an expression mentions, each with the conditions of its being mentioned."""
        found: dict[int, Gates] = {}
        for node in descendants(value):
            mentioned: dict[int, Gates] = {}
            if isinstance(node, cst.Call) and self.walk.resolve(node.func) == "streamlit.Page":
                mentioned = {id(node): gates}
            elif isinstance(node, cst.Name) and node.value in self.offered:
                mentioned = {page: _merged(held, gates) for page, held in self.offered[node.value].items()}
            for page, held in mentioned.items():
                found[page] = min(found.get(page, held), held, key=len)
        return found

    def _expression(self, node: cst.BaseExpression, gates: Gates, *, stranger: bool) -> Gates:
        """Look at every call in an expression; the conditions in force behind it."""
        for call in descendants(node):
            if isinstance(call, cst.Call):
                gates = self._call(call, gates, stranger=stranger)
        return gates

    def _call(self, call: cst.Call, gates: Gates, *, stranger: bool) -> Gates:
        found = reference(self.walk, call.func) or ""
        tail = found.rpartition(".")[2]
        match call.func:
            case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="append" | "extend" | "insert")):
                for arg in call.args:
                    self._offer(name, arg.value, gates)
            case cst.Attribute(attr=cst.Name(value="run")) if not call.args:
                self.seen.runs.append(gates)
            case cst.Subscript(value=cst.Name(value=name)) if name in self.tables:
                self.seen.parts += [Part(label, call, handler, gates) for label, handler in self.tables[name]]
        if found == "streamlit.navigation":
            self.seen.navigates = True
            for arg in call.args:
                self.seen.pages |= self._pages_in(arg.value, gates)
        elif found.startswith("streamlit."):
            if tail in _CONTENT and not stranger and not found.startswith("streamlit.sidebar"):
                self.seen.content.append(gates)
        elif found in self.functions:
            return self._into(found, call, gates, stranger=stranger)
        elif "." in found and not stranger:
            self.seen.calls.append(gates)
            self._note(found, call)
        return gates

    def _note(self, found: str, call: cst.Call) -> None:
        """A function that is called whoever the visitor is: it may stop strangers itself, `require_login()`."""
        if not self._branches:
            self.seen.called.append(Gate(found, call))

    def _into(self, found: str, call: cst.Call, gates: Gates, *, stranger: bool) -> Gates:
        """Follow a function of this file: what it shows, and whether it stops strangers."""
        if found in self._open or len(self._open) >= DEEPEST:
            return gates
        self._note(found, call)
        self._open.append(found)
        names, self.names = self.names, Names(self.walk)
        seen, self.seen = self.seen, Seen()
        inside = self.block(self.functions[found].body.body, gates, stranger=stranger)
        inner, self.seen, self.names = self.seen, seen, names
        self._open.pop()
        shown = len(inner.content) + len(inner.calls)
        if shown and len(inside) > len(gates):
            self.seen.content += [inside] if inner.content else []
            self.seen.calls += [inside] if not inner.content else []
        else:
            self.seen.content += inner.content
            self.seen.calls += inner.calls
        self.seen.parts += inner.parts
        self.seen.pages |= inner.pages
        self.seen.runs += inner.runs
        self.seen.navigates |= inner.navigates
        self.seen.called += inner.called
        return gates

    def _label(self, test: cst.BaseExpression) -> str | None:
        """`Admin` of `page == "Admin"`."""
        for node in descendants(test):
            match node:
                case cst.Comparison(
                    left=cst.Name(value=name),
                    comparisons=[cst.ComparisonTarget(operator=cst.Equal(), comparator=right)],
                ) if name in self.names.choices:
                    return string_value(right)
        return None

    def _part(self, label: str, body: cst.BaseSuite, gates: Gates) -> None:
        """The function that a branch of a menu calls, if it calls one."""
        for statement in body.body:
            for small in getattr(statement, "body", ()) if isinstance(statement, cst.SimpleStatementLine) else ():
                if isinstance(small, cst.Expr) and isinstance(small.value, cst.Call):
                    found = reference(self.walk, small.value.func) or ""
                    if "." in found and not found.startswith("streamlit."):
                        self.seen.parts.append(Part(label, small.value, found, gates))
                        return

    def _table(self, value: cst.BaseExpression) -> Iterable[tuple[str, str]]:
        """`{"Home": home.show, "Admin": show_admin}`."""
        for element in value.elements if isinstance(value, cst.Dict) else ():
            if isinstance(element, cst.DictElement) and isinstance(element.value, cst.Name | cst.Attribute):
                label, handler = string_value(element.key), reference(self.walk, element.value)
                if label and handler and "." in handler:
                    yield label, handler


def _only_strangers(told: Tells) -> bool:
    return bool(told.when_false) and not told.when_true


def _merged(one: Gates, other: Gates) -> Gates:
    return (*one, *(gate for gate in other if gate not in one))
