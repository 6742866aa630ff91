"""How Flask code sees who is calling, and how it refuses: signals about function bodies, beside those of plain Python.

A stranger is refused where a test that looks at the caller (session, `current_user`, `g.user`, a token) leads to a
return, an error or the sign-in page. One that asks something of a row as well, or answers with rows, refuses some only:
`if post.is_draft and not current_user.is_authenticated`. What a `before_request` lets through by path is an Exemption.
"""

import re
from collections.abc import Callable, Iterator

import libcst as cst

from transforms.concepts import Exemption, Signal
from transforms.frameworks.flask_exemptions import REQUEST, Exempting, comparison, tail_of
from transforms.frameworks.flask_leading import Leading
from transforms.walk import Walk, all_parameters, descendants, string_value

_KEY = re.compile(
    r"auth|token|api[-_]?key|secret|session|jwt|bearer|credential|user|account|member|admin|logged|email|uid|role|"
    r"oauth|profile|identity|^id$|google|github|sub$|"
    r"(?:^|_)(?:customer|patient|student|teacher|doctor|employee|staff|vendor|seller|buyer|donor|volunteer|driver|owner)"
    r"(?:$|_)",
    re.IGNORECASE,
)
_HEADER = re.compile(r"auth|token|api[-_]?key|secret|signature|jwt|bearer|credential|x-.*-key", re.IGNORECASE)
_LOGIN = re.compile(r"(?:^|[._/])(?:log_?-?in|sign_?-?in|logon|authenticate|authorize)(?:$|[._/?])", re.IGNORECASE)
_SESSION = frozenset({"flask.session", "flask.globals.session"})
_GLOBALS = frozenset({"flask.g", "flask.globals.g"})
_USERS = frozenset({
    "flask_login.current_user", "flask_login.utils.current_user", "flask_security.current_user",
    "flask_jwt_extended.current_user", "flask_principal.identity", "flask_user.current_user",
})  # fmt: skip
_ASKED = frozenset({
    "flask_jwt_extended.get_jwt_identity", "flask_jwt_extended.get_jwt", "flask_jwt_extended.get_current_user",
    "flask_jwt_extended.get_raw_jwt", "flask_jwt_extended.utils.get_jwt_identity",
})  # fmt: skip
_STORES = {"headers": _HEADER, "cookies": _KEY, "args": _HEADER, "values": _HEADER}
_MADE_UP = ("secrets.token_", "uuid.uuid", "os.urandom", "random.")
_STOPS = frozenset({"abort", "unauthorized", "raise_unauthorized", "forbidden", "disconnect"})
_FETCHES = frozenset({
    "all", "first", "paginate", "filter_by", "order_by", "limit", "execute", "scalars", "fetchall", "fetchone", "find",
    "find_one", "aggregate", "get_or_404", "first_or_404",
})  # fmt: skip
_HARD_STOPS = frozenset({"401", "403"})


class Checks:
    """Handlers that see what one function does about its caller."""

    def __init__(self, walk: Walk, tell: "Callable[[Signal], None] | None" = None) -> None:
        self.walk = walk
        self.tell = tell or walk.signal  # of the function that the walk is in
        self.exempting = Exempting(walk)
        self.callers: dict[str, set[str]] = {}  # function -> its local names that hold who is calling
        self.fetched: dict[str, set[str]] = {}  # function -> its local names that hold what some call returned
        self.forms: dict[str, set[str]] = {}  # function -> its local names that hold a form without data
        self.leading = Leading(self, apart=tell is not None)
        self.events: set[str] = set()  # functions that handle events: they end by a plain `return`
        self.stored: set[int] = set()  # ids of nodes that are written, not read
        self.given: set[str] = set()  # keys of the session that everybody gets something made up for

    def function(self, node: cst.FunctionDef) -> None:
        """Whether it lets some paths through, gives its handler more arguments, or fails without a session."""
        symbol = f"{self.walk.symbol}.{node.name.value}"
        self.leading.function(node)
        self.given.update(key for each in descendants(node.body, cst.If) for key in self._made_up(each))
        patterns = tuple(dict.fromkeys(self.exempting.patterns(node)))
        if patterns:
            exemption = Exemption(symbol, patterns)
            self.walk.emit(lambda: exemption)
        if calls := self._adding(node):
            self.walk.signal_of(symbol, Signal.ADDS_ARGUMENT)
            if all(_adds_one_first(each) for each in calls):
                self.walk.signal_of(symbol, Signal.ADDS_ONE_FIRST)
        if any(self._reads_session(each, outright=True) for each in _unconditional(node)):
            self.walk.signal_of(symbol, Signal.NEEDS_CREDENTIAL)

    def assigned(self, node: cst.Assign) -> None:
        """`user = session.get("user")`; what is stored in a session is not read."""
        for target in node.targets:
            self.stored.add(id(target.target))
            if _KEY.search(self._key_of_session(target.target)) is not None:
                self.tell(Signal.REMEMBERS_CALLER)
            if not isinstance(target.target, cst.Name):
                continue
            name, symbol = target.target.value, self.walk.symbol
            about, calls = self.about_caller(node.value), any(descendants(node.value, cst.Call))
            _keep(self.callers.setdefault(symbol, set()), name, kept=about)
            _keep(self.fetched.setdefault(symbol, set()), name, kept=calls and not about)
            _keep(self.forms.setdefault(symbol, set()), name, kept=_is_form(node.value))
            self.leading.assigned(symbol, name, node.value)
            self.exempting.assigned(symbol, name, node.value)

    def deleted(self, node: cst.Del) -> None:
        """`del session["user"]`."""
        self.stored.update(id(each) for each in descendants(node.target))

    def call(self, node: cst.Call) -> None:
        """Redirects to the sign-in page, functions that refuse by name, and pages made of data."""
        called = self.walk.resolve(node.func) or ""
        tail = called.rpartition(".")[2]
        if self.sees_caller(node):
            self.tell(Signal.READS_CREDENTIAL)
        if tail == "render_template" and any(not self._is_plain(arg.value) for arg in node.args[1:]):
            self.tell(Signal.FILLS_TEMPLATE)
        if self._refuses(node, tail) or (tail == "unauthorized" and called != tail):
            self.tell(Signal.REFUSES)

    def subscript(self, node: cst.Subscript) -> None:
        if id(node) not in self.stored and self.sees_caller(node):
            self.tell(Signal.READS_CREDENTIAL)

    def attribute(self, node: cst.Attribute) -> None:
        if id(node) not in self.stored and self.sees_caller(node):
            self.tell(Signal.READS_CREDENTIAL)

    def comparison(self, node: cst.Comparison) -> None:
        if self.sees_caller(node):
            self.tell(Signal.READS_CREDENTIAL)

    def condition(self, node: cst.If) -> None:
        """`if "user" not in session: return ...` refuses; a test about the path says that not all routes are alike."""
        if self.exempting.is_riddle(node):
            self.tell(Signal.READS_PATH)
        self.leading.condition(node)
        if not self.about_caller(node.test):
            return
        every, some = self._is_about_strangers(node.test), self._is_about_some(node.test)
        refusing = node.body if every or some else node.orelse.body if isinstance(node.orelse, cst.Else) else None
        if refusing is None or not self.ends_request(refusing):
            return
        gives = any(self.gives_rows(each) for each in refusing.body)
        self.tell(Signal.REFUSES_SOME if gives or (some and not every) else Signal.REFUSES)
        self.tell(Signal.READS_CREDENTIAL)

    def attempt(self, node: cst.Try) -> None:
        """`except KeyError: return redirect(url_for("login"))`."""
        self.leading.attempt(node)

    def _refuses(self, node: cst.Call, called: str) -> bool:
        """`redirect(url_for("auth.login"))`, `make_response("", 401)`."""
        if called == "redirect" and node.args:
            return self.leading.follows_a_look(node) and self.leads_to_login(node.args[0].value)
        status = node.args[1].value if called == "make_response" and len(node.args) > 1 else None
        return isinstance(status, cst.Integer) and status.value in _HARD_STOPS

    def _is_plain(self, node: cst.BaseExpression) -> bool:
        """What nobody stored, or who is calling: a stranger sees nothing of that."""
        if isinstance(node, cst.Name) and node.value in self._names(self.forms):
            return True
        return _is_literal(node) or _is_form(node) or self.sees_caller(node) or self.walk.resolve(node) in _USERS

    # --- who is calling

    def about_caller(self, node: cst.CSTNode) -> bool:
        """Whether something in an expression looks at who is calling."""
        names = self._names(self.callers)
        return any(
            self.sees_caller(each) or (isinstance(each, cst.Name) and each.value in names) for each in descendants(node)
        )

    def _names(self, kept: dict[str, set[str]]) -> set[str]:
        return {name for scope in self.walk.scopes for name in kept.get(scope.symbol, ())}

    def sees_caller(self, node: cst.CSTNode) -> bool:
        """One look at the session, the user, a token, or a header that carries one."""
        match node:
            case cst.Call(func=cst.Attribute(value=store, attr=cst.Name(value="get")), args=[first, *_]):
                return self._is_store(store, first.value)
            case cst.Call(func=func):
                return (self.walk.resolve(func) or "") in _ASKED
            case cst.Subscript(value=store, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
                return self._is_store(store, key)
            case cst.Comparison() if (compared := comparison(node)) is not None:
                key, operator, store = compared
                return isinstance(operator, cst.In | cst.NotIn) and self._is_store(store, key)
            case cst.Attribute(value=owner, attr=cst.Name(value=name)):
                held = self.walk.resolve(owner) or ""
                if held in REQUEST:
                    return name == "authorization"
                return held in _USERS or (held in _GLOBALS and _KEY.search(name) is not None)
        return False

    def _reads_session(self, node: cst.CSTNode, *, outright: bool) -> bool:
        match node:
            case cst.Subscript(value=store, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]) if outright:
                return self.walk.resolve(store) in _SESSION and self._is_store(store, key)
        return False

    def _is_store(self, store: cst.BaseExpression, key: cst.BaseExpression) -> bool:
        """`session` asked for a user, `request.headers` for a token."""
        text = string_value(key)
        if (held := self.walk.resolve(store)) in _SESSION:
            return text is None or (_KEY.search(text) is not None and text not in self.given)
        if held in _GLOBALS:
            return text is not None and _KEY.search(text) is not None
        if isinstance(store, cst.Attribute) and self.walk.resolve(store.value) in REQUEST:
            words = _STORES.get(store.attr.value)
            return words is not None and text is not None and words.search(text) is not None
        return False

    def _made_up(self, node: cst.If) -> Iterator[str]:
        """`if "session_id" not in session: session["session_id"] = uuid4().hex`: strangers have one as well."""
        tested = {text for each in descendants(node.test) if (text := string_value(each)) is not None}
        for statement in node.body.body if tested else ():
            match statement:
                case cst.SimpleStatementLine(body=[cst.Assign(targets=[cst.AssignTarget(target=target)], value=value)]):
                    key = self._key_of_session(target)
                    calls = (self.walk.resolve(each.func) or "" for each in descendants(value, cst.Call))
                    if key in tested and any(each.startswith(_MADE_UP) for each in calls):
                        yield key

    def _key_of_session(self, target: cst.BaseExpression) -> str:
        match target:
            case cst.Subscript(value=store, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
                return (string_value(key) or "") if self.walk.resolve(store) in _SESSION else ""
        return ""

    def _is_about_strangers(self, test: cst.BaseExpression) -> bool:
        """Whether a test that looks at the caller holds for somebody who is not signed in, or lacks a role."""
        match test:
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                return self.about_caller(inner)
            case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
                one, other = self._is_about_strangers(left), self._is_about_strangers(right)
                return (one and (other or not self._spares(right))) or (other and not self._spares(left))
            case cst.BooleanOperation(left=left, right=right):
                return self._is_about_strangers(left) or self._is_about_strangers(right)
            case cst.Comparison() if (compared := comparison(test)) is not None and self.about_caller(test):
                _, operator, right = compared
                nothing = isinstance(right, cst.Name) and right.value in ("None", "False")
                empty = string_value(right) == ""
                return isinstance(operator, cst.NotIn | cst.NotEqual) or (
                    isinstance(operator, cst.Is | cst.Equal) and (nothing or empty)
                )
            case cst.Attribute(attr=cst.Name(value="is_anonymous")):
                return True
        return False

    def _is_about_some(self, test: cst.BaseExpression) -> bool:
        """Whether a test holds for some strangers, as it asks for something else, too."""
        match test:
            case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
                return any(self._is_about_strangers(each) or self._is_about_some(each) for each in (left, right))
        return False

    def _spares(self, test: cst.BaseExpression) -> bool:
        """Whether a test fails for strangers (`token and ...`), or depends on a row (`post.is_draft and ...`)."""
        match test:
            case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
                return self._spares(left) or self._spares(right)
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                return self._is_of_a_row(inner)
            case cst.Comparison(left=left):
                return self._is_of_a_row(left) or (not self._is_about_strangers(test) and self.about_caller(test))
        return self._is_of_a_row(test) or self.about_caller(test)

    def _is_of_a_row(self, node: cst.BaseExpression) -> bool:
        """`post.is_draft`, `post["draft"]` of a local name that holds what a call returned."""
        if not isinstance(node, cst.Attribute | cst.Subscript):
            return False
        while isinstance(node, cst.Attribute | cst.Subscript | cst.Call):
            node = node.func if isinstance(node, cst.Call) else node.value
        return isinstance(node, cst.Name) and node.value in self._names(self.fetched)

    # --- how the request ends

    def ends_request(self, block: cst.BaseSuite) -> bool:
        """Whether a block answers by itself: returns something that is not the handler's own answer, raises, aborts."""
        for statement in block.body:
            for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
                match small:
                    case cst.Return(value=value) if value is not None:
                        return not self._calls_handler(value)
                    case cst.Return(value=None) if self.walk.symbol in self.events:
                        return True
                    case cst.Raise():
                        return True
                    case cst.Expr(value=cst.Call(func=func)) if tail_of(func) in _STOPS:
                        return True
        return False

    def gives_rows(self, statement: cst.CSTNode) -> bool:
        """Whether a statement returns a page or an answer that is made of what was fetched."""
        match statement:
            case cst.SimpleStatementLine(body=[*_, cst.Return(value=cst.Call(func=func, args=args))]):
                made = tail_of(func) in ("render_template", "jsonify")
                given = [arg.value for arg in args] if made else []
                rows = self._names(self.fetched)
                named = (each.value in rows for value in given for each in descendants(value, cst.Name))
                return any(named) or any(_fetches(each) for value in given for each in descendants(value, cst.Call))
        return False

    def _calls_handler(self, value: cst.BaseExpression) -> bool:
        """`return f(*args, **kwargs)` in a decorator, or `return None`."""
        if isinstance(value, cst.Name):
            return value.value == "None"
        if not isinstance(value, cst.Call) or not isinstance(value.func, cst.Name):
            return False
        around = [scope.node for scope in self.walk.scopes if isinstance(scope.node, cst.FunctionDef)]
        return any(value.func.value in _parameters(function) for function in around)

    def leads_to_login(self, node: cst.BaseExpression) -> bool:
        """An address of the sign-in page: `url_for("auth.login", next=...)`, `"/login?next=" + path`."""
        match node:
            case cst.Call(args=[first, *_]) if tail_of(node.func) == "url_for":
                return _LOGIN.search(string_value(first.value) or "") is not None
            case cst.FormattedString(parts=[cst.FormattedStringText(value=text), *_]):
                return _LOGIN.search(text) is not None
            case cst.FormattedString(parts=[cst.FormattedStringExpression(expression=inner), *_]):
                return self.leads_to_login(inner)
            case cst.BinaryOperation(left=left):
                return self.leads_to_login(left)
        return _LOGIN.search(string_value(node) or "") is not None

    def _adding(self, node: cst.FunctionDef) -> list[cst.Call]:
        """Where a decorator calls what it wraps with more than `*args, **kwargs`: `f(current_user, *args)`."""
        wrapped = _parameters(node)
        return [
            each
            for each in descendants(node.body)
            if isinstance(each, cst.Call)
            and isinstance(each.func, cst.Name)
            and each.func.value in wrapped
            and any(arg.star == "*" for arg in each.args)
            and any(not arg.star for arg in each.args)
        ]


def _keep(names: set[str], name: str, *, kept: bool) -> None:
    names.add(name) if kept else names.discard(name)


def _adds_one_first(call: cst.Call) -> bool:
    """`f(current_user, *args, **kwargs)`."""
    match call.args:
        case [cst.Arg(star="", keyword=None), cst.Arg(star="*"), cst.Arg(star="**")]:
            return True
    return False


def _unconditional(node: cst.FunctionDef) -> Iterator[cst.CSTNode]:
    """Every node of the statements that run each time, what is stored left out."""
    for statement in node.body.body:
        if not isinstance(statement, cst.SimpleStatementLine):
            continue
        for small in statement.body:
            if isinstance(small, cst.Assign | cst.Return | cst.Expr) and small.value is not None:
                yield from descendants(small.value)


def _fetches(call: cst.Call) -> bool:
    """`Item.query.all()`, `session.scalars(...)`, written where its rows are handed on."""
    return isinstance(call.func, cst.Attribute) and call.func.attr.value in _FETCHES


def _is_literal(node: cst.BaseExpression) -> bool:
    """A title, a number, a URL of the app: nothing that anybody stored."""
    if isinstance(node, cst.Call):
        return tail_of(node.func) == "url_for"
    return isinstance(node, cst.SimpleString | cst.Integer) or (
        isinstance(node, cst.Name) and node.value in ("True", "False", "None")
    )


def _is_form(node: cst.BaseExpression) -> bool:
    """`OrderForm()`."""
    return isinstance(node, cst.Call) and not node.args and tail_of(node.func).endswith("Form")


def _parameters(node: cst.FunctionDef) -> set[str]:
    return {parameter.name.value for parameter in all_parameters(node)}
