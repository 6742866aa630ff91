"""Which redirects to the sign-in page turn strangers away: those that follow a look at who is calling.

`return redirect(url_for("login"))` behind `if not current_user()` refuses; at the end of a sign-up, or where a form
names nobody, it only shows the way.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from transforms.walk import descendants

if TYPE_CHECKING:
    from transforms.frameworks.flask_checks import Checks

_ABOUT_A_REQUEST = frozenset({"request", "session", "g"})
_SENT = frozenset({"form", "json", "args", "values", "files", "data"})  # says what is wanted, not who wants it


class Leading:
    """Keeps the redirects of a file that stand behind a test of the caller, in the order of its walk."""

    def __init__(self, checks: "Checks", *, apart: bool) -> None:
        self.checks = checks
        self.apart = apart  # it is told of one function only, whose scope nobody has entered
        self._made: set[str] = set()
        self._behind: set[int] = set()  # ids of calls
        self._next: dict[int, cst.Call] = {}  # id of a condition -> what is returned where it does not hold
        self._answers: dict[str, set[str]] = {}  # function -> its names that hold the answer of a look elsewhere

    def function(self, node: cst.FunctionDef) -> None:
        """`if is_known(): return page()`, and behind it `return redirect(...)`: that is for all others."""
        before: cst.If | None = None
        for statement in node.body.body:
            match statement:
                case cst.If():
                    before = statement
                case cst.SimpleStatementLine(body=[cst.Return(value=cst.Call() as call)]) if before is not None:
                    self._next[id(before)] = call
                case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call())]):  # `flash("Sign in first")`
                    pass
                case _:
                    before = None

    def assigned(self, owner: str, name: str, value: cst.BaseExpression) -> None:
        """`user = current_user_of(session)`."""
        self._made.add(name)
        names = self._answers.setdefault(owner, set())
        names.add(name) if self._looks(value) else names.discard(name)

    def condition(self, node: cst.If) -> None:
        """Everything below a test of the caller follows a look."""
        if not self._is_look(node.test):
            return
        for block in (node.body, node.orelse):
            self._behind.update(map(id, _calls(block)))
        if (behind := self._next.get(id(node))) is not None:
            self._behind.add(id(behind))

    def attempt(self, node: cst.Try) -> None:
        """What handles the errors of a look."""
        asked = any(
            isinstance(each.func, cst.Name) and self._may_look(each) for each in descendants(node.body, cst.Call)
        )
        if asked or self.checks.about_caller(node.body):
            self._behind.update(id(call) for each in node.handlers for call in _calls(each.body))

    def follows_a_look(self, call: cst.Call) -> bool:
        """Whether a redirect stands behind a test of the caller."""
        return id(call) in self._behind

    def _is_look(self, node: cst.BaseExpression) -> bool:
        known = {name for scope in self.checks.walk.scopes for name in self._answers.get(scope.symbol, ())}
        named = any(each.value in known for each in descendants(node, cst.Name))
        return named or self._looks(node) or self.checks.about_caller(node)

    def _looks(self, node: cst.BaseExpression) -> bool:
        """Whether a function is asked that is told nothing but the request, so that it can only look at that."""
        return any(self._may_look(each) for each in descendants(node, cst.Call))

    def _may_look(self, call: cst.Call) -> bool:
        root = call.func
        while isinstance(root, cst.Attribute):
            root = root.value
        if not isinstance(root, cst.Name) or root.value[:1].isupper() or self._is_local(root.value):
            return False
        return all(self._is_of_request(arg.value) for arg in call.args)

    def _is_local(self, name: str) -> bool:
        """A form, a row: what the function itself made."""
        if self.apart and name in self._made:
            return True
        return any(name in scope.names for scope in self.checks.walk.scopes if scope.is_function)

    def _is_of_request(self, node: cst.BaseExpression) -> bool:
        sent = False
        while isinstance(node, cst.Attribute | cst.Subscript):
            sent = sent or (isinstance(node, cst.Attribute) and node.attr.value in _SENT)
            node = node.value
        return isinstance(node, cst.Name) and node.value in _ABOUT_A_REQUEST and not sent


def _calls(block: cst.CSTNode | None) -> Iterator[cst.Call]:
    if block is not None:
        yield from descendants(block, cst.Call)
