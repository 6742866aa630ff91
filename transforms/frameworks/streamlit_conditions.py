"""What a condition of a Streamlit script says about the visitor: which tests only somebody signed in meets.

A condition is kept as a reference that `guarding` can judge: `streamlit.user.is_logged_in`, the app's own function that
was called (`app.check_password()`), a key of the session (`streamlit.session_state[logged_in]`), or a typed password
that was compared (`streamlit.text_input[password]`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from transforms.frameworks.python_references import reference
from transforms.walk import Walk, argument, descendants, dotted_name, string_value

TYPED = "streamlit.text_input[password]"
_SIGNED_IN_KEY = re.compile(
    r"auth|log(?:ged)?_?in|sign(?:ed)?_?in|password_(?:correct|ok|valid)|token|role|admin|^user$|^user_?(?:name|id|info|data)$"
    r"|^(?:current_)?(?:user|account|member)(?:_\w+)?$|^email$|^username$",
    re.IGNORECASE,
)
_NO_SIGN_IN_KEY = re.compile(
    r"input|query|queries|message|prompt|attempt|show|count|text|question|pref|setting|error|tokens|_used|usage|history|page"
    r"|_list|upload|file",
    re.IGNORECASE,
)
_CHECKS = re.compile(r"verif|check|auth|log_?in|sign_?in|valid|compare|match", re.IGNORECASE)
_USER = ("streamlit.user", "streamlit.experimental_user")
_SAME = (cst.Equal, cst.Is, cst.In)
_OTHER = (cst.NotEqual, cst.IsNot, cst.NotIn)
_WRAPPERS = frozenset({"bool", "len", "str"})


@dataclass(frozen=True, slots=True)
class Tells:
    """The references that a condition speaks of: all met when it is true, all met when it is false."""

    when_true: tuple[str, ...] = ()
    when_false: tuple[str, ...] = ()

    @property
    def flipped(self) -> "Tells":
        """The same, negated."""
        return Tells(self.when_false, self.when_true)


NOTHING = Tells()


class Names:
    """What local names hold that conditions speak of: the result of a call, a key of the session, a typed password."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.held: dict[str, str] = {}  # name -> reference of a condition
        self.passwords: set[str] = set()
        self.choices: set[str] = set()  # names that hold what was chosen in a menu

    def bind(self, target: cst.BaseExpression, value: cst.BaseExpression | None) -> None:
        """Remember what an assignment says about its names."""
        names = [node.value for node in descendants(target, cst.Name)]
        if not isinstance(target, cst.Name | cst.Tuple) or value is None:
            return
        for name in names:
            self.passwords.discard(name)
            self.choices.discard(name)
            self.held.pop(name, None)
        if self._is_password(value):
            self.passwords.update(names)
        elif is_choice(self.walk, value):
            self.choices.update(names)
        elif (found := self.spoken_of(value)) is not None:
            self.held.update(dict.fromkeys(names, found))

    def tells(self, test: cst.BaseExpression) -> Tells:
        """What is known of the visitor when a test is true, and when it is false."""
        match test:
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                return self.tells(inner).flipped
            case cst.BooleanOperation(left=left, operator=operator, right=right):
                one, other = self.tells(left), self.tells(right)
                return _both(one, other) if isinstance(operator, cst.And) else _either(one, other)
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=right)]):
                return self._compared(left, operator, right)
            case cst.NamedExpr(value=value):
                return self.tells(value)
        found = self.spoken_of(test)
        return Tells((found,)) if found is not None else NOTHING

    def spoken_of(self, node: cst.BaseExpression) -> str | None:
        """The reference of what an expression says about the visitor; None where it says nothing."""
        if (key := session_key(self.walk, node)) is not None:
            return f"streamlit.session_state[{key}]" if is_sign_in_key(key) else None
        if self._is_user(node):
            return "streamlit.user.is_logged_in"
        match node:
            case cst.Name(value=name):
                return self.held.get(name)
            case cst.Call(func=cst.Name(value=name), args=[first, *_]) if name in _WRAPPERS:
                return self.spoken_of(first.value)
            case cst.Call():
                return self._called(node)
        return None

    def _called(self, node: cst.Call) -> str | None:
        name = (dotted_name(node.func) or "").rpartition(".")[2]
        if _CHECKS.search(name) and any(self._mentions_password(arg.value) for arg in node.args):
            return TYPED
        found = reference(self.walk, node.func)
        if found is None or found.startswith("streamlit.") or "." not in found:
            return None
        return f"{found}()"

    def _compared(self, left: cst.BaseExpression, operator: cst.BaseCompOp, right: cst.BaseExpression) -> Tells:
        if isinstance(operator, cst.In | cst.NotIn) and self.walk.resolve(right) == "streamlit.session_state":
            key = string_value(left)
            found = f"streamlit.session_state[{key}]" if key is not None and is_sign_in_key(key) else None
        elif self._mentions_password(left) or self._mentions_password(right):
            found = None if is_empty(left) or is_empty(right) else TYPED
        else:
            found = self.spoken_of(left) or self.spoken_of(right)
        if found is None or not isinstance(operator, _SAME + _OTHER):
            return NOTHING
        told = Tells((found,)) if isinstance(operator, _SAME) else Tells((), (found,))
        return told.flipped if is_empty(right) and not isinstance(operator, cst.In | cst.NotIn) else told

    def _mentions_password(self, node: cst.BaseExpression) -> bool:
        return any(
            (isinstance(each, cst.Name) and each.value in self.passwords)
            or (isinstance(each, cst.Call) and self._is_password(each))
            or _is_password_key(self.walk, each)
            for each in descendants(node)
        )

    def _is_password(self, node: cst.BaseExpression) -> bool:
        """`st.text_input("Password", type="password")`, with whatever is called on it."""
        return any(
            isinstance(each, cst.Call)
            and string_value(argument(each, "type") or cst.Name("x")) == "password"
            and (dotted_name(each.func) or "").endswith("text_input")
            for each in descendants(node)
        )

    def _is_user(self, node: cst.BaseExpression) -> bool:
        """`st.user.is_logged_in`, `st.user.get("email")`, `st.user["email"]`."""
        match node:
            case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value="get"))) | cst.Subscript(value=inner):
                return self.walk.resolve(inner) in _USER
            case cst.Attribute(value=inner):
                return self.walk.resolve(inner) in _USER
        return False


def is_sign_in_key(key: str) -> bool:
    """Whether a key of the session says who the visitor is, by the names that apps use for it."""
    return _SIGNED_IN_KEY.search(key) is not None and _NO_SIGN_IN_KEY.search(key) is None


def session_key(walk: Walk, node: cst.CSTNode) -> str | None:
    """`x` of `st.session_state.x`, `st.session_state["x"]`, `st.session_state.get("x")`."""
    match node:
        case cst.Attribute(value=inner, attr=cst.Name(value=name)) if walk.resolve(inner) == "streamlit.session_state":
            return name
        case cst.Subscript(value=inner, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            return string_value(key) if walk.resolve(inner) == "streamlit.session_state" else None
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value="get")), args=[first, *_]):
            return string_value(first.value) if walk.resolve(inner) == "streamlit.session_state" else None
    return None


def is_choice(walk: Walk, node: cst.BaseExpression) -> bool:
    """Whether an expression is what a visitor picked from a menu."""
    name = (dotted_name(node.func) or "").rpartition(".")[2] if isinstance(node, cst.Call) else ""
    if name in ("radio", "selectbox", "option_menu", "segmented_control", "pills"):
        return True
    return (session_key(walk, node) or "") in ("page", "current_page", "view", "menu", "selected_page")


def is_empty(node: cst.BaseExpression) -> bool:
    """None, False, zero, or an empty string."""
    match node:
        case cst.Name(value="None" | "False") | cst.Integer(value="0"):
            return True
    return string_value(node) == ""


def _is_password_key(walk: Walk, node: cst.CSTNode) -> bool:
    return (session_key(walk, node) or "") in ("password", "passwort", "pwd", "passphrase")


def _both(one: Tells, other: Tells) -> Tells:
    """Both are true; when that is not so, nothing is known unless both are about strangers."""
    either = _merged(one.when_false, other.when_false) if one.when_false and other.when_false else ()
    return Tells(_merged(one.when_true, other.when_true), either)


def _either(one: Tells, other: Tells) -> Tells:
    return _both(one.flipped, other.flipped).flipped


def _merged(*found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_flat(found)))


def _flat(found: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    for each in found:
        yield from each
