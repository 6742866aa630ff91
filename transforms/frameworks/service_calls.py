"""Calls to other services by requests, httpx and aiohttp: what they send in a header to say who is calling.

A fact says where the header stands, where its value comes from and to which hosts it goes. Whose these are, and whether
the value is one key for all, is not decided here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_secrets import Sends, SentHeader
from transforms.frameworks.python_origins import Origins
from transforms.frameworks.python_references import reference
from transforms.frameworks.secret_values import called
from transforms.imported import imported
from transforms.secrets.files import FileRole, python_role
from transforms.walk import Handlers, Walk, argument, descendants, string_value

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.edit_kinds import Edit

NAME = "service_calls"
TOKENS: tuple[bytes, ...] = ()  # `matters` decides

_CLIENTS_COME_FROM = frozenset({b"requests", b"httpx", b"aiohttp"})
_QUOTED = re.compile(rb"[\"'][\w-]*(?:authorization|token|key|secret)", re.IGNORECASE)
_CREDENTIAL = re.compile(r"authorization|token|key|secret", re.IGNORECASE)
_REQUESTS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_NAMED_FIRST = frozenset({"request", "stream", "ws_connect"})  # the method stands before the address
_SESSIONS = frozenset({"requests.Session", "requests.session", "requests.sessions.Session"})
_CLIENTS = frozenset({"httpx.Client", "httpx.AsyncClient", "aiohttp.ClientSession"})
DEEPEST = 5


def matters(content: bytes) -> bool:
    """Whether a file may send headers."""
    if b"headers" not in content:
        return False
    return b"urllib.request" in content or not _CLIENTS_COME_FROM.isdisjoint(imported(content))


def wanted(_content: bytes) -> Callable[[bytes], bool]:
    """Whether a function sends headers, or makes what may be sent in one."""
    return lambda function: b"headers" in function or _QUOTED.search(function) is not None


def read(walk: Walk) -> Handlers:
    """Handlers for calls and what leads to them; tests and examples send what they like."""
    if python_role(walk.path, walk.content) is not FileRole.APP:
        return {}
    calls = _Calls(walk)
    walk.at_end(calls.leave)
    return {
        cst.Assign: calls.assigned,
        cst.AnnAssign: calls.annotated,
        cst.With: calls.opened,
        cst.Lambda: calls.later,
        cst.GeneratorExp: calls.later,
        cst.Call: calls.call,
    }


@dataclass(slots=True)
class _Sent:
    """Headers on their way: one dict, and what was seen of its calls."""

    node: cst.Dict
    symbol: str
    function: cst.FunctionDef | None
    entries: list[tuple[str, str, cst.DictElement]]  # name, origins of the value
    hosts: list[str] = field(default_factory=list)
    ways: set[Sends] = field(default_factory=set)
    call: cst.Call | None = None


class _Calls:
    """The handlers."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.origins = Origins(walk)
        self.values: dict[str, cst.BaseExpression] = {}  # what names were assigned, by symbol
        self.clients: dict[str, cst.Call] = {}  # the calls that made clients, by symbol
        self.held: dict[str, _Sent] = {}  # headers under a local name, by symbol
        self.sent: dict[int, _Sent] = {}
        self.sessions: dict[str, list[_Sent]] = {}  # sessions of requests, and what is put into their headers
        self.with_auth: set[str] = set()  # those that are told who is calling in another way
        self.asked: list[tuple[str, str]] = []  # sessions, and the hosts that they are asked for
        self.in_with: set[int] = set()
        self.deferred: set[int] = set()

    def assigned(self, node: cst.Assign) -> None:
        for target in node.targets:
            self._bind(target.target, node.value)
            match target.target:
                case cst.Attribute(value=owner, attr=cst.Name(value="auth" | "headers")):
                    self.with_auth.add(reference(self.walk, owner) or "")
            made = self.walk.resolve(node.value.func) if isinstance(node.value, cst.Call) else None
            if made in _SESSIONS and (held := reference(self.walk, target.target)):
                self.with_auth.update({held} & self.sessions.keys())  # it is another one from here on
                self.sessions.setdefault(held, [])

    def annotated(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self._bind(node.target, node.value)

    def opened(self, node: cst.With) -> None:
        """`with httpx.Client(base_url=...) as client`."""
        for item in node.items:
            if isinstance(item.item, cst.Call):
                self.in_with.add(id(item.item))
                if item.asname is not None:
                    self._bind(item.asname.name, item.item)

    def later(self, node: cst.Lambda | cst.GeneratorExp) -> None:
        """What stands inside is not worked out where it stands: nothing can be awaited there."""
        self.deferred.update(id(each) for each in descendants(node, cst.Dict))

    def _bind(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        if not isinstance(target, cst.Name):
            return
        symbol = f"{self.walk.symbol}.{target.value}"
        self.walk.scopes[-1].names.add(target.value)
        self.origins.assign(target.value, value)
        self.values[symbol] = value
        self.held.pop(symbol, None)
        if isinstance(value, cst.Dict) and (sent := self._headers(value)) is not None:
            self.held[symbol] = sent
        self.clients.pop(symbol, None)
        if isinstance(value, cst.Call) and self.walk.resolve(value.func) in _CLIENTS:
            self.clients[symbol] = value

    def call(self, node: cst.Call) -> None:
        """One call, if it sends headers."""
        headers = argument(node, "headers")
        if headers is None:
            self._put_into_session(node)
            self._asked_by_client(node)
            return
        made_by = self.walk.resolve(node.func) or ""
        is_client = made_by in _CLIENTS
        named = called(node)
        if not is_client and named not in _REQUESTS | _NAMED_FIRST and made_by != "urllib.request.Request":
            return
        sent = self._headers(headers) if isinstance(headers, cst.Dict) else None
        if isinstance(headers, cst.Name):
            sent = self.held.get(f"{self.walk.symbol}.{headers.value}")
        if sent is None:
            return
        sent = self.sent.setdefault(id(sent.node), sent)
        sent.hosts.append(self._host_of(node, named))
        sent.ways.add(self._way(node, sent, made_by, isinstance(headers, cst.Dict)))
        sent.call = node

    def _put_into_session(self, node: cst.Call) -> None:
        """`session.headers.update({"X-Api-Key": KEY})`, and the addresses that a session is asked for."""
        match node:
            case cst.Call(
                func=cst.Attribute(value=cst.Attribute(value=owner, attr=cst.Name("headers")), attr=cst.Name("update")),
                args=[cst.Arg(value=cst.Dict() as given, keyword=None)],
            ) if (held := reference(self.walk, owner)) in self.sessions and (sent := self._headers(given)) is not None:
                sent.call = node
                alone = len(given.elements) == 1 and not _says_who_else(sent)
                sent.ways.add(Sends.BY_SESSION if alone else Sends.FIXED)
                self.sent[id(given)] = sent
                self.sessions[held or ""].append(sent)
            case cst.Call(func=cst.Attribute(value=owner)) if (held := reference(self.walk, owner)) in self.sessions:
                named = called(node)
                if named in _REQUESTS | _NAMED_FIRST:
                    self.asked.append((held or "", self._host_of(node, named)))

    def _asked_by_client(self, node: cst.Call) -> None:
        """A client that sends headers with every request is asked for another address than its own."""
        made, named = self._client(node), called(node)
        sent = next((each for each in self.sent.values() if each.call is made), None) if made is not None else None
        if sent is not None and named in _REQUESTS | _NAMED_FIRST and (host := self._host_of(node, named)):
            sent.hosts.append(host)

    def _client(self, node: cst.Call) -> cst.Call | None:
        """The call that made the client which is asked."""
        held = node.func.value if isinstance(node.func, cst.Attribute) else None
        return self.clients.get(self.walk.resolve(held) or "") if isinstance(held, cst.Name) else None

    def _headers(self, node: cst.Dict) -> _Sent | None:
        """The credentials in a dict of headers whose values come from outside the function."""
        entries = []
        for element in node.elements:
            name = string_value(element.key) if isinstance(element, cst.DictElement) else None
            if name is None or not isinstance(element, cst.DictElement) or not _CREDENTIAL.search(name):
                continue
            value = self.origins.of(element.value)
            if value and all(origin.startswith("@") for origin in value):
                entries.append((name.lower(), " ".join(value), element))
        function = self.walk.function
        around = function.node if function is not None and isinstance(function.node, cst.FunctionDef) else None
        return _Sent(node, self.walk.symbol, around, entries) if entries else None

    def _way(self, node: cst.Call, sent: _Sent, reference: str, direct: bool) -> Sends:
        """How the header could be sent otherwise, so that a token that has ended is never sent."""
        if id(sent.node) in self.deferred or argument(node, "auth") is not None or _says_who_else(sent):
            return Sends.FIXED
        is_client = reference in _CLIENTS
        if is_client and reference.startswith("httpx."):
            return Sends.BY_AUTH if direct and len(sent.node.elements) == 1 else Sends.FIXED
        lives_on = sent.function is None or (is_client and id(node) not in self.in_with)
        if lives_on or ((is_client or not direct) and sent.function is not None and _loops(sent.function)):
            return Sends.FIXED
        return Sends.EACH_TIME

    def _host_of(self, node: cst.Call, named: str) -> str:
        """The host that a call goes to, or that a client is made for; "" where it is not written down."""
        if self.walk.resolve(node.func) in _CLIENTS:
            base = argument(node, "base_url", 0 if named == "ClientSession" else None)
            return self._host(base) if base is not None else ""
        address = argument(node, "url", 1 if named in _NAMED_FIRST else 0)
        host = self._host(address) if address is not None else ""
        made = self._client(node) if not host else None
        return self._host_of(made, called(made)) if made is not None else host

    def _host(self, node: cst.BaseExpression, depth: int = 0) -> str:
        """The host of an address, where it is written down or a default is; else ""."""
        text = self._beginning(node, depth)
        if not re.match(r"(?:https?|wss?)://", text):
            return ""
        try:
            return (urlsplit(text).hostname or "").lower()
        except ValueError:
            return ""

    def _beginning(self, node: cst.BaseExpression, depth: int) -> str:
        """The text that an expression begins with, as far as it is known."""
        if depth > DEEPEST:
            return ""
        if (text := string_value(node)) is not None:
            return text
        match node:
            case cst.FormattedString(parts=[cst.FormattedStringText(value=text), *_]):
                return text
            case cst.FormattedString(parts=[cst.FormattedStringExpression(expression=inner), *_]):
                return self._beginning(inner, depth + 1)
            case cst.BinaryOperation(left=inner) | cst.Call(func=cst.Attribute(value=inner, attr=cst.Name("rstrip"))):
                return self._beginning(inner, depth + 1)
            case cst.BooleanOperation(operator=cst.Or(), right=inner):
                return self._beginning(inner, depth + 1)
            case cst.Call(args=[_, cst.Arg(value=default)]) if called(node) in ("getenv", "get"):
                return self._beginning(default, depth + 1)
            case cst.Name():
                held = self.values.get(self.walk.resolve(node) or "")
                return self._beginning(held, depth + 1) if held is not None else ""
        return ""

    def leave(self) -> None:
        """Leave the facts, once all calls of the file are known."""
        for held, found in self.sessions.items():
            for each in found:
                each.hosts += [host for asked, host in self.asked if asked == held and host]
                if len(found) > 1 or held in self.with_auth:
                    each.ways.add(Sends.FIXED)
        for sent in self.sent.values():
            way = sent.ways.pop() if len(sent.ways) == 1 else Sends.FIXED
            for name, value, element in sent.entries:
                assert sent.call is not None
                build = _built(name, value, sent, way, self.walk.path)
                self.walk.emit(build, sent.node, element.key, element.value, sent.call)


def _built(name: str, value: str, sent: _Sent, way: Sends, path: str) -> Callable[..., SentHeader]:
    awaits = sent.function is not None and sent.function.asynchronous is not None
    alone, hosts = len(sent.node.elements) == 1, tuple(dict.fromkeys(sent.hosts))

    def build(place: Place, key: Place, of_value: Place, call: Place) -> SentHeader:
        return SentHeader(name, value, sent.symbol, place, key, of_value, call, hosts, way, alone, awaits, path)

    return build


def _says_who_else(sent: _Sent) -> bool:
    """Whether other headers of the dict say, or may say, who is calling: two tokens would meet."""
    names = [string_value(each.key) if isinstance(each, cst.DictElement) else None for each in sent.node.elements]
    others = [name for name in names if name is None or name.lower() != sent.entries[0][0]]
    return len(sent.entries) > 1 or any(name is None or name.lower() == "authorization" for name in others)


def _loops(function: cst.FunctionDef) -> bool:
    """Whether a function may go on for long with what it began with."""
    return any(isinstance(each, cst.While) for each in descendants(function.body))


def send_as_workload(_app: "App", sent: SentHeader, audience: str, module: str) -> "tuple[Edit, ...] | None":
    """A token of this program in the place of the header; None where it would end before it is sent."""
    from transforms.edit_kinds import AddKeywordArgument, AssignInstead, ImportOf, RemoveArguments, ReplaceExpression

    given = f'"{audience}"' if audience else ""
    if sent.sends is Sends.BY_AUTH:
        auth = AddKeywordArgument(
            sent.file, sent.call, "auth", f"WorkloadAuth({given})", (ImportOf(module, "WorkloadAuth"),)
        )
        return RemoveArguments(sent.file, sent.call, ("headers",)), auth
    if sent.sends is Sends.BY_SESSION:
        wanted = (ImportOf(module, "WorkloadAuth"),)
        return (AssignInstead(sent.file, sent.call, "auth", f"WorkloadAuth({given})", wanted),)
    if sent.sends is Sends.FIXED:
        return None
    name = ("workload_headers" if sent.alone else "workload_bearer") + ("_async" if sent.awaits else "")
    code, imports = f"{'await ' * sent.awaits}{name}({given})", (ImportOf(module, name),)
    if sent.alone:
        return (ReplaceExpression(sent.file, sent.place, code, imports),)
    key = ReplaceExpression(sent.file, sent.key_place, '"Authorization"')
    return key, ReplaceExpression(sent.file, sent.value_place, code, imports)
