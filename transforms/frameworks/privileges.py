"""What code asks to be allowed: statements of IAM policies, managed policies, and scopes of OAuth clients.

They become settings: what is allowed is told as it is written, and whether that is too much is for a control to say.
"""

import re
from collections.abc import Iterator

import libcst as cst

from transforms.concepts import Place, Setting
from transforms.walk import Handlers, Walk, argument, dotted_name, string_value

NAME = "privileges"
TOKENS = (b"Action", b"PolicyStatement", b"cope", b"COPE", b"AdministratorAccess", b"PowerUserAccess", b"IAMFullAccess")

ACTIONS, SCOPES, POLICY = "iam actions", "oauth scopes", "managed policy"
# In lower case. A scope counts where something is given for it; what stands before the word is looked at in the tree.
_WORDS = (
    b'"effect"', b"'effect'", b"policystatement(", b"administratoraccess", b"poweruseraccess", b"iamfullaccess",
    b"googleapis.com/auth/",
)  # fmt: skip
_SCOPE = re.compile(rb"scopes?[\"']?\s*[=:]\s*[\[\"'(]")
_SCOPE_NAME = re.compile(r"(?!include_|throttle_)(?:\w+_)?scopes?", re.IGNORECASE)
_MANAGED = re.compile(r"(?:arn:aws[\w-]*:iam::aws:policy/)?([\w/-]*(?:Access|FullAccess))")
# These hand out or check scopes of the app's own API, and ask for none.
_OWN_API = ("fastapi.", "starlette.", "authlib.integrations.flask_oauth2.", "limits.", "flask_limiter.", "pytest.")
_LONGEST = 80


def matters(content: bytes) -> bool:
    """Whether a file says anything about privileges: it is read for that alone."""
    lower = content.lower()
    return any(word in lower for word in _WORDS) or (b"scope" in lower and _SCOPE.search(lower) is not None)


def read(walk: Walk) -> Handlers:
    """Leave Setting facts."""
    reader = _Reader(walk)
    return {
        cst.Dict: reader.statement,
        cst.Call: reader.call,
        cst.Assign: reader.assigned,
        cst.AnnAssign: reader.annotated,
    }


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def statement(self, node: cst.Dict) -> None:
        """`{"Effect": "Allow", "Action": [...], "Resource": ...}`; and `{"scope": "..."}` of an OAuth client."""
        entries = {string_value(each.key): each.value for each in node.elements if isinstance(each, cst.DictElement)}
        effect = entries.get("Effect")
        if effect is not None and string_value(effect) == "Allow" and (actions := entries.get("Action")) is not None:
            self._allowed(actions, entries.get("Resource"))
        for key, value in entries.items():
            if key in ("scope", "scopes") and effect is None:
                self._scopes(value)

    def call(self, node: cst.Call) -> None:
        """`PolicyStatement(actions=[...])`, `register(scope="...")`, the name of a managed policy."""
        name = (dotted_name(node.func) or "").rpartition(".")[2]
        if name == "PolicyStatement" and (actions := argument(node, "actions")) is not None:
            effect = argument(node, "effect")
            if effect is None or (dotted_name(effect) or "").endswith("ALLOW"):
                self._allowed(actions, argument(node, "resources"))
        if name == "format" or (self.walk.resolve(node.func) or "").startswith(_OWN_API):
            return
        for arg in node.args:
            if arg.keyword is not None and _SCOPE_NAME.fullmatch(arg.keyword.value):
                self._scopes(arg.value)
            text = string_value(arg.value)
            if text is not None and (match := _MANAGED.fullmatch(text)):
                self._emit(POLICY, (match[1],), arg.value)

    def assigned(self, node: cst.Assign) -> None:
        if self._of_a_throttle():
            return
        for target in node.targets:
            if isinstance(target.target, cst.Name) and _SCOPE_NAME.fullmatch(target.target.value):
                self._scopes(node.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        named = isinstance(node.target, cst.Name) and _SCOPE_NAME.fullmatch(node.target.value) is not None
        if named and node.value is not None and not self._of_a_throttle():
            self._scopes(node.value)

    def _of_a_throttle(self) -> bool:
        """Whether the walk is in a class that counts requests: its scope is the name of a rate."""
        around = self.walk.scopes[-1].node
        bases = around.bases if isinstance(around, cst.ClassDef) else ()
        return any((self.walk.resolve(base.value) or "").endswith("Throttle") for base in bases)

    def _allowed(self, actions: cst.BaseExpression, resources: cst.BaseExpression | None) -> None:
        """Actions, and "on *" behind them where they are allowed on everything."""
        on = tuple(_texts(resources)) if resources is not None else ()
        everywhere = " on *" if "*" in on else ""
        self._emit(ACTIONS, tuple(f"{each}{everywhere}" for each in _texts(actions)), actions)

    def _scopes(self, node: cst.BaseExpression) -> None:
        if isinstance(node, cst.List | cst.Tuple | cst.Set | cst.SimpleString | cst.ConcatenatedString):
            found = [scope for text in _texts(node) for scope in re.split(r"[\s,]+", text) if scope]
            self._emit(SCOPES, tuple(found), node)

    def _emit(self, name: str, grants: tuple[str, ...], node: cst.BaseExpression) -> None:
        grants = tuple(each for each in dict.fromkeys(grants) if len(each) <= _LONGEST)
        if not grants:
            return
        walk = self.walk
        symbol = walk.symbol

        def build(place: Place) -> Setting:
            return Setting(name, " ".join(each.replace(" ", "_") for each in grants), place, symbol, walk.path)

        walk.emit(build, node)


def _texts(node: cst.BaseExpression) -> Iterator[str]:
    """The literal texts of a value: itself, or the elements of a list."""
    if isinstance(node, cst.List | cst.Tuple | cst.Set):
        for element in node.elements:
            yield from _texts(element.value)
    elif isinstance(node, cst.SimpleString | cst.ConcatenatedString) and (text := string_value(node)):
        yield text
