"""Secrets that somebody typed or sent, under whatever name: `p = getpass()`, `x = request.form["password"]`.

A literal that such a name is compared with opens a door. A parameter is such a name where a call in the same file fills
it so; the calls are looked for only if a parameter is compared with something that could be a password.
"""

import re
from collections.abc import Iterator

import libcst as cst

from transforms.frameworks.secret_values import called, text_of
from transforms.secrets.names import read_name
from transforms.secrets.vocabulary import words
from transforms.walk import Walk, descendants

_PROMPTS = words("input raw_input prompt ask askstring text_input password_input getpass ask_password read_password")
_ASKS_FOR_ONE = re.compile(
    r"\b(?:password|passwort|passphrase|passcode|pass ?word|pin|access code|api key|secret(?: key)?|contraseña|senha)"
    r"\W{0,3}(?:\([^()]{0,60}\))?\W{0,8}$",
    re.IGNORECASE,
)
_HIDDEN = frozenset(("hide_input", "password", "is_password"))
_LIKE_ITSELF = words("strip lower upper encode rstrip lstrip")


class Typed:
    """The names of one file that hold what somebody typed as a password, by the scope they are in."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self._names: dict[tuple[str, str], str] = {}

    def assign(self, node: cst.Assign) -> None:
        """`p = getpass.getpass()`."""
        target = node.targets[0].target
        if type(target) is cst.Name and type(node.value) in _ASKING and read_name(target.value) is None:
            name = secret_typed(node.value)
            if name is not None:
                self._names[self.walk.symbol, target.value] = name

    def name_of(self, node: cst.BaseExpression) -> str | None:
        """What a name of this scope, or of the module, holds."""
        inner = _bare(node)
        if type(inner) is not cst.Name or not self._names:
            return None
        here = self._names.get((self.walk.symbol, inner.value))
        return here or self._names.get((self.walk.module, inner.value))

    def filled(self, function: cst.FunctionDef, parameter: str) -> str | None:
        """What a call of this file gives to a parameter, where it is something typed."""
        names = [each.name.value for each in (*function.params.posonly_params, *function.params.params)]
        names = names[1:] if names[:1] in (["self"], ["cls"]) else names
        for call in descendants(self.walk.tree, cst.Call):
            if called(call) == function.name.value:
                for given in _given(call, names, parameter):
                    said = secret_typed(given) or self._named(given)
                    if said is not None:
                        return said
        return None

    def _named(self, given: cst.BaseExpression) -> str | None:
        inner = _bare(given)
        name = inner.value if isinstance(inner, cst.Name) else None
        found = (said for (_, each), said in self._names.items() if each == name)
        return next(found, None) or (name if name is not None and _is_secret_name(name) else None)


_ASKING = frozenset((cst.Call, cst.Subscript, cst.Await, cst.BooleanOperation))


def secret_typed(node: cst.BaseExpression) -> str | None:
    """What an expression is that asks for a secret, or takes one out of a request: the name of the field."""
    match node:
        case cst.Await(expression=inner) | cst.BooleanOperation(left=inner, operator=cst.Or()):
            return secret_typed(inner)
        case cst.Subscript(
            value=cst.Name() | cst.Attribute() | cst.Call(),
            slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))],
        ):
            return _field(node.value, text_of(key) or "")
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value=method))) if method in _LIKE_ITSELF:
            return secret_typed(inner)
        case cst.Call(
            func=cst.Attribute(value=owner, attr=cst.Name(value="get")),
            args=[cst.Arg(value=cst.SimpleString() as key), *_],
        ):
            return _field(owner, text_of(key) or "")
        case cst.Call():
            return _prompted(node)
    return None


_REQUESTS = words(
    "form request req data json body payload POST GET args headers cookies values params query_params forms"
)


def _field(owner: cst.BaseExpression, key: str) -> str | None:
    """`request.form["password"]`: not a setting, nor an entry of anything else."""
    last = owner.attr.value if isinstance(owner, cst.Attribute) else owner.value if isinstance(owner, cst.Name) else ""
    if isinstance(owner, cst.Call):
        last = called(owner).removeprefix("get_")
    return key if last in _REQUESTS and _is_secret_name(key) else None


def _prompted(call: cst.Call) -> str | None:
    name = called(call)
    if name not in _PROMPTS:
        return None
    said = text_of(call.args[0].value) or "" if call.args else ""
    hidden = any(_hides(arg) for arg in call.args)
    return "password" if "pass" in name or hidden or _ASKS_FOR_ONE.search(said) else None


def _hides(arg: cst.Arg) -> bool:
    keyword = arg.keyword.value if arg.keyword is not None else ""
    if keyword in _HIDDEN:
        return isinstance(arg.value, cst.Name) and arg.value.value == "True"
    return (keyword, text_of(arg.value)) in (("type", "password"), ("show", "*"))


def _given(call: cst.Call, names: list[str], parameter: str) -> Iterator[cst.BaseExpression]:
    for index, arg in enumerate(call.args):
        keyword = arg.keyword.value if arg.keyword is not None else None
        if keyword == parameter or (keyword is None and not arg.star and names[index : index + 1] == [parameter]):
            yield arg.value


def _bare(node: cst.BaseExpression) -> cst.BaseExpression:
    while isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and called(node) in _LIKE_ITSELF:
        node = node.func.value
    return node


def _is_secret_name(name: str) -> bool:
    reading = read_name(name)
    return reading is not None and reading.strong
