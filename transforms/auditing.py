"""Which routes change something, what to call that, and whether it is recorded who did it.

What a handler does decides, not its method: a GET may write and a POST may only search. A record is one when it is read
to be one: a row of a table for it, a line on a logger for it, a function that writes either.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from transforms.concepts import SIGNAL_SENDER, Function, Route, Signal
from transforms.concepts_data import Operation
from transforms.public import LETS_IN

if TYPE_CHECKING:
    from transforms.app import App


class Recorded(StrEnum):
    """Whether a route leaves a record."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Stake(StrEnum):
    """How much a change matters to who has to answer for it."""

    SENSITIVE = "sensitive"  # removes, pays, grants, changes accounts
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Change:
    """What a route does to the state of the app, or to who is signed in."""

    route: Route
    action: str  # order.delete
    resource: str | None
    stake: Stake
    signs_in: bool
    seen: str  # how it is known: "in delete_order"
    direct: bool  # seen in the handler itself
    only_seems_to_read: bool = False  # a GET that is called a look-up: it may keep a default or a counter on the way


@dataclass(frozen=True, slots=True)
class Record:
    """Whether a change is recorded, and what shows it."""

    recorded: Recorded
    note: str = ""
    path: str = ""
    line: int = 0


_RECORDS = re.compile(
    r"(?:^|_)audit(?:$|_)|(?:^|_)audited$|(?:log|record|track|write|create|add|save|emit)_?(?:user_)?"
    r"(?:(?:action|activity|activities|event|audit)s?(?:$|_)|access(?:es)?(?:$|_(?!token|key|code|point|level|right)))",
    re.IGNORECASE,
)
_RECORD_CLASS = re.compile(r"audit|activity_?log|activitylog|actionlog|eventlog|accesslog|changelog|loginhistory", re.I)
_CREATES = frozenset({"create", "acreate", "get_or_create", "update_or_create", "bulk_create"})
_OF_PATH = re.compile(r"(?:^|[ .])(?:request|url)\.path(?:_info)?\b")
_RECEIVER = "django.dispatch.receiver"
_ACTORS = re.compile(
    r"actor|user|principal|who|subject|account|email|performed|by$|owner|admin|member|identity", re.IGNORECASE
)
_LOGS = frozenset({"info", "warning", "error", "log", "debug", "critical", "emit", "write"})
_PREFIX = re.compile(r"api|rest|v\d+(?:\.\d+)*|admin|internal|private|latest")
_SIGN_IN = frozenset({
    "login", "signin", "logon", "logout", "signout", "logoff", "token", "signup", "register", "password",
})  # fmt: skip
_LOOK_UPS = frozenset({"get", "read", "list", "fetch", "show", "load", "view", "download"})
_SENSITIVE = re.compile(
    r"delete|remove|purge|destroy|drop|wipe|role|permission|grant|revoke|invite|admin|payment|pay|charge|refund|transfer"
    r"|payout|withdraw|billing|checkout|password|secret|token|api_?key|credential|user|account|member|export|approve"
    r"|impersonate|disable|suspend|ban|reset",
    re.IGNORECASE,
)
_SAYS_AGAIN = {"update": ("update", "edit", "modify"), "delete": ("delete", "remove")}  # in a path
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete", "GET": "use", "WEBSOCKET": "use"}
_DOING = re.compile(  # the first word of `/change-password`
    "accept|add|apply|approve|archive|assign|book|buy|cancel|change|clear|close|confirm|create|decline|delete|disable"
    "|edit|enable|export|generate|give|import|invite|make|mark|merge|modify|move|pay|place|publish|purchase|redeem|refund"
    "|register|reject|remove|rename|renew|reopen|reset|restore|revoke|save|schedule|send|set|store|submit|subscribe"
    "|suspend|sync|toggle|transfer|unsubscribe|update|upload|verify|view|withdraw"
)
# What the path of a library's view says that it does to a row.
_DONE = {
    "create": "create", "add": "create", "new": "create", "edit": "update", "update": "update", "change": "update",
    "delete": "delete", "remove": "delete",
}  # fmt: skip


class Auditing:
    """Changes and records of one app."""

    def __init__(self, app: "App") -> None:
        self.app = app
        self._known: dict[str, Record] = {}

    @functools.cached_property
    def changes(self) -> tuple[Change, ...]:
        """What each route changes that changes something, in the order of routes."""
        return tuple(found for route in self.app.routes for found in self._change(route))

    def record(self, route: Route) -> Record:
        """Whether the route leaves a record, by its handler, its guards, or what these call."""
        for guard in route.guards:
            if guard.target.endswith(".audited()"):
                return Record(Recorded.YES, f"{guard.code} stands in front of it", guard.file, guard.place.line)
        doubtful: Record | None = None
        hooks = (*self._hooks, *self._receivers)
        for symbol in self.app.reaching.below(route.handler, *route.hooks, *self._in_front(route), *hooks):
            if symbol not in self._known:
                self._known[symbol] = self._of_function(symbol)
            found = self._known[symbol]
            if found.recorded is Recorded.YES and symbol in self._receivers:
                if not self._may_be_told(symbol, route):
                    continue
                note = f"{symbol.rpartition('.')[2]} records some changes when a signal tells it"
                doubtful = doubtful or Record(Recorded.UNKNOWN, note, found.path, found.line)
                continue
            if found.recorded is Recorded.YES and self._spares_paths(symbol, route):
                note = f"{symbol.rpartition('.')[2]} records changes on some paths only"
                found = Record(Recorded.UNKNOWN, note, found.path, found.line)
            if found.recorded is Recorded.YES:
                return found
            doubtful = doubtful or (found if found.recorded is Recorded.UNKNOWN else None)
        return doubtful or Record(Recorded.NO)

    def _in_front(self, route: Route) -> Iterator[str]:
        """The functions that guards and middleware of a route are."""
        for guard in route.guards:
            target = guard.target.removesuffix("()")
            yield target
            yield from (f"{target}.{name}" for name in ("dispatch", "__call__"))
            yield from (function.symbol for function in self.app.inside(target))

    @functools.cached_property
    def _hooks(self) -> tuple[str, ...]:
        """Functions that sessions call at every flush."""
        return tuple(
            symbol
            for symbol, function in self.app.functions.items()
            if any(decorator.endswith("listens_for") for decorator in function.decorators)
        )

    @functools.cached_property
    def _receivers(self) -> tuple[str, ...]:
        """Functions that are told of changes to rows of some classes, whoever makes them."""
        decorated = ((symbol, each.decorators) for symbol, each in self.app.functions.items())
        return tuple(symbol for symbol, decorators in decorated if _RECEIVER in decorators)

    def _spares_paths(self, symbol: str, route: Route) -> bool:
        """Whether what records looks at the path first, and may let this one be."""
        function = self.app.functions[symbol]
        asks = any(_OF_PATH.search(each.asked) for each in self.app.conditions.get(symbol, ()))
        if not (function.by_path and asks):
            return False
        rules = function.path_rules
        return route.path is None or not rules or any(not each.spares or each.meets(route.path) for each in rules)

    def _may_be_told(self, receiver: str, route: Route) -> bool:
        """Whether a receiver is told of changes to rows of any class, or of one that the handler's code names."""
        told = (each for each in self.app.settings if (each.name, each.symbol) == (SIGNAL_SENDER, receiver))
        senders = {str(each.value) for each in told}
        function = self.app.functions.get(route.handler)
        named = " ".join((route.handler, *(function.calls if function is not None else ())))
        return not senders or any(each.rpartition(".")[2] in named for each in senders)

    @functools.cached_property
    def _writing_handlers(self) -> frozenset[str]:
        """Handlers that some route asks by a method which is meant to change something."""
        return frozenset(each.handler for each in self.app.routes if each.may_write)

    def _change(self, route: Route) -> Iterator[Change]:
        if {"WEBSOCKET", "EVENT"} & set(route.methods):  # what an event changes was asked for where it came in
            return
        if route.methods == ("GET",) and not route.part and route.handler in self._writing_handlers:
            return  # what its body writes, it writes for the other methods
        publicity = self.app.publicity(route)
        signs_in = publicity.is_public and (_signs_in(route) or publicity.reason == LETS_IN)
        body = self.app.judge.bodies.of(route.does)
        by_library = _by_library(self.app, route)
        seen = body.writes or by_library
        seen = seen or (body.external and f"calls another service {body.external}" if signs_in else None)
        if seen is None and not signs_in:
            return
        action, resource = name_of(route)
        yield Change(
            route=route,
            action=f"auth.{_sign_in_verb(route)}" if signs_in else action,
            resource=None if signs_in else resource,
            stake=Stake.PLAIN if signs_in else _stake(route, action),
            signs_in=signs_in,
            seen=seen or "signs people in",
            direct=seen in (by_library, f"in {route.handler.rpartition('.')[2]}"),
            only_seems_to_read=_only_seems_to_read(route),
        )

    def _of_function(self, symbol: str) -> Record:
        """The record that one function itself writes."""
        function = self.app.functions.get(symbol)
        if function is None:
            return Record(Recorded.NO)
        name = symbol.rpartition(".")[2]
        if Signal.RECORDS in function.signals:
            return _told(Recorded.YES, function, f"{name} writes an audit line")
        for row in (*self._rows.get(symbol, ()), *self._made_rows(function)):
            return _told(Recorded.YES, function, f"{name} adds a row of {row}")
        for call in function.calls:
            found = self._of_call(function, call)
            if found is not None:
                return found
        return Record(Recorded.NO)

    def _of_call(self, function: Function, call: str) -> Record | None:
        if self._loggers:
            logger, _, method = self.app.resolve(call, function.file).rpartition(".")
            if logger in self._loggers and method in _LOGS:
                return _told(Recorded.YES, function, f"{logger.rpartition('.')[2]} is a logger for audit lines")
        target = self.app.meaning(call, function.file)
        last, _, method = target.rpartition(".")
        stored = last.removesuffix(".objects").rpartition(".")[2]
        if last.endswith(".objects") and method in _CREATES and _RECORD_CLASS.search(stored):
            return _told(Recorded.YES, function, f"{function.symbol.rpartition('.')[2]} adds a row of {stored}")
        known = self.app.functions.get(target)
        owner = last.removesuffix("()").rpartition(".")[2]
        if not (_RECORDS.search(method) or (_RECORD_CLASS.search(owner) and method != "__init__")):
            return None
        if known is None:
            foreign = not self.app.is_own(target.partition("()")[0])
            return _told(Recorded.UNKNOWN, function, f"{method} cannot be read") if foreign else None
        if not self._writes_down(known):
            return None
        if any(_ACTORS.search(parameter.name) for parameter in known.parameters) or known.guards:
            return _told(Recorded.YES, function, f"calls {method}, which records who does what")
        return _told(Recorded.UNKNOWN, function, f"calls {method}, which is not told who is calling")

    def _made_rows(self, function: Function) -> Iterator[str]:
        """Names of stored classes for records of which a function that writes makes a row."""
        if Signal.WRITES not in function.signals:
            return
        for call in function.calls:
            name = call.rpartition(".")[2]
            if _RECORD_CLASS.search(name) and self.app.resolve(call, function.file) in self._stored:
                yield name

    @functools.cached_property
    def _stored(self) -> frozenset[str]:
        return frozenset(entity.symbol for entity in self.app.entities)

    def _writes_down(self, function: Function) -> bool:
        body = self.app.judge.bodies.of(function.symbol)
        logs = any(call.rpartition(".")[2] in _LOGS and "log" in call.lower() for call in function.calls)
        return body.writes is not None or logs or Signal.RECORDS in function.signals or "print" in function.calls

    @functools.cached_property
    def _loggers(self) -> frozenset[str]:
        return frozenset(sink.symbol for facts in self.app.files.values() for sink in facts.audit_sinks)

    @functools.cached_property
    def _rows(self) -> dict[str, list[str]]:
        """Functions that add rows of a class for records, with its name."""
        found: dict[str, list[str]] = {}
        for query in self.app.queries:
            for entity in query.entities if query.operation is Operation.INSERT else ():
                if _RECORD_CLASS.search(entity.rpartition(".")[2]):
                    found.setdefault(query.function, []).append(entity.rpartition(".")[2])
        return found


def name_of(route: Route) -> tuple[str, str | None]:
    """Action and resource of a route: `order.delete` and `order` of `DELETE /orders/{order_id}`."""
    segments = [each for each in (route.path or route.own_path or "").split("/") if each]
    while len(segments) > 1 and _PREFIX.fullmatch(segments[0].lower()):
        segments.pop(0)
    handler = _snake(route.handler.rpartition(".")[2]).split("_")
    verb = _VERBS.get(route.methods[0], "use")
    named = [index for index, each in enumerate(segments) if not _is_parameter(each)]
    if not named:
        return f"{_singular(handler[-1])}.{handler[0] if len(handler) > 1 else 'run'}", None
    last, above = segments[named[-1]], segments[named[-2]] if len(named) > 1 else None
    if route.library_writes:  # its handler is called after what views do, and its path after what they keep
        resource, done = _kept_by(_snake(last).split("_"), _snake(above) if above is not None else "")
        return f"{resource}.{done or verb}", resource
    if _says_nothing(last) or (above is not None and _says_nothing(above) and not _is_collection(last)):
        thing = _singular(handler[-1]) if len(handler) > 1 else _singular(_snake(segments[0]))
        return f"{thing}.{handler[0]}", thing if len(handler) > 1 else None
    if above is not None and last.lower() in _SAYS_AGAIN.get(
        verb, ()
    ):  # PUT /orders/update, DELETE /orders/{id}/remove
        return f"{_singular(_snake(above))}.{verb}", _singular(_snake(above))
    follows_key = named[-1] > 0 and _is_parameter(segments[named[-1] - 1])
    if above is not None and not _is_collection(last) and (follows_key or verb in ("create", "use")):
        resource = _singular(_snake(above))  # what is done to the thing above: /orders/{order_id}/pay, /totp/setup
        done = _snake(last) if verb in ("create", "use") else f"{verb}_{_snake(last)}"
        return f"{resource}.{done}", resource
    return _named_alone(_snake(last), handler, route.methods)


def _named_alone(last: str, handler: list[str], methods: tuple[str, ...]) -> tuple[str, str]:
    """Action and resource where the end of a path says all: of `/orders`, of `/change-password`."""
    doing, _, thing = last.partition("_")
    if thing and _DOING.fullmatch(doing):
        return f"{_singular(thing)}.{doing}", _singular(thing)
    resource, verb = _singular(last), _VERBS.get(methods[0], "use")
    if verb == "use":
        verb = handler[0] if len(handler) > 1 and _singular(handler[0]) != resource else _change_by(methods)
    return f"{resource}.{verb}", resource


def _change_by(methods: tuple[str, ...]) -> str:
    """What requests of these methods do: "change" where one handler answers several kinds, "run" where none says."""
    verbs = {_VERBS.get(method, "use") for method in methods} - {"use"}
    return verbs.pop() if len(verbs) == 1 else "change" if verbs else "run"


def _kept_by(words: list[str], above: str) -> tuple[str, str]:
    """What a library's view keeps, and what is done to it, where its path says that: `/orders/{pk}/edit`."""
    done = _DONE.get(words[0], "")
    if not done:
        return _singular("_".join(words)), ""
    return _singular("_".join(words[1:]) or above or words[0]), done


def _by_library(app: "App", route: Route) -> str | None:
    """How a library's view, or what it calls of the app's own, changes something."""
    if route.library_writes:
        return "by the view that it inherits from"
    return next((found for each in route.hooks if (found := app.judge.bodies.of(each).writes)), None)


def _only_seems_to_read(route: Route) -> bool:
    words = _snake(route.handler.rpartition(".")[2]).split("_")
    return route.methods == ("GET",) and words[0] in _LOOK_UPS


def _says_nothing(segment: str) -> bool:
    """A number, a version, `/admin`: no name of a thing that something is done to."""
    return _PREFIX.fullmatch(segment.lower()) is not None or not any(map(str.isalpha, segment))


def _is_parameter(segment: str) -> bool:
    return "{" in segment or segment in ("me", "self", "current", "mine")


def _told(recorded: Recorded, function: Function, note: str) -> Record:
    return Record(recorded, note, function.file, function.place.line)


def _stake(route: Route, action: str) -> Stake:
    text = f"{action} {route.handler.rpartition('.')[2]}"
    sensitive = "DELETE" in route.methods or _SENSITIVE.search(text) is not None
    return Stake.SENSITIVE if sensitive else Stake.PLAIN


def _signs_in(route: Route) -> bool:
    words = set(_snake((route.path or route.own_path or "").rstrip("/").rpartition("/")[2]).split("_"))
    words.add(_snake(route.path or "").rpartition("/")[2].replace("_", ""))
    return not _SIGN_IN.isdisjoint(words) and "POST" in route.methods


def _sign_in_verb(route: Route) -> str:
    called = (route.path or route.own_path or "").rstrip("/").rpartition("/")[2]
    return _snake(called) if called else "login"


def _is_collection(segment: str) -> bool:
    return segment.endswith("s") and not segment.endswith(("ss", "us", "is"))


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if _is_collection(word) else word


@functools.lru_cache(maxsize=4096)
def _snake(text: str) -> str:
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_") or "app"
