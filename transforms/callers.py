"""Whether a value belongs to who is calling, or was chosen by them.

`order.tenant_id == user.tenant_id` keeps tenants apart if `user` is what a guard returned, and keeps nobody apart if it
came from the request's path or body. Values are followed through parameters, from a query back to the handlers.
"""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from transforms.access import Answer
from transforms.concepts import Function, How, Parameter
from transforms.concepts_data import Comparison, Operation, Query
from transforms.known_guards import tells_who_is_calling
from transforms.reaching import Reaching

if TYPE_CHECKING:
    from transforms.app import App

DEEPEST = 5  # functions that a value is followed through


class Source(StrEnum):
    """Where a value comes from."""

    CALLER = "caller"  # of the principal: from a guard, a token, a session
    CHOSEN = "chosen"  # by whoever sends the request: path, query, body
    ROW = "row"  # of a row that was fetched or made before
    NEUTRAL = "neutral"  # a literal, a setting
    UNKNOWN = "unknown"


# The strongest of several origins decides: a value that is made of the caller's and others is the caller's.
_ORDER = (Source.CALLER, Source.UNKNOWN, Source.CHOSEN, Source.ROW, Source.NEUTRAL)
_OF_REQUEST = re.compile(
    r"\.(?:state|session|user|auth|cookies)(?:\.|$)|\.headers\.(?:get|authorization|x_api_key)", re.I
)
_PLAIN_TYPES = frozenset({"dict", "list", "str", "typing.Dict", "typing.List", "typing.Mapping"})
_FOR_REQUESTS = re.compile(r"(?:Request|Connection|WebSocket|Context|Info)$")
_KEPT_ON_REQUEST = re.compile(r"\.(?:state|session|user|auth)\.", re.IGNORECASE)
_SPEAKS_OF_CALLER = re.compile(
    r"current_|principal|from_token|decode|get_user_id|get_tenant|tenant_(?:ctx|context|var)|user_(?:ctx|context|var)"
    r"|token_data|claims",
    re.IGNORECASE,
)
_CREDENTIAL_PARAMETER = re.compile(r"authorization|token|api_key|session_?(?:id|token)?$|cookie", re.IGNORECASE)
_HEADER = re.compile(r"(?:Header|Cookie|Security)\(")
_GIVEN_BY_APP = re.compile(r"(?:Depends|Security)\(")
_PRIVILEGED = re.compile(r"admin|superuser|super_user|staff|role|permission|scope", re.IGNORECASE)
_NOT_SENT = frozenset({"self", "cls", "db", "session", "background_tasks", "response"})


class Callers:
    """What the functions of one app know about who is calling."""

    def __init__(self, app: "App", reaching: Reaching) -> None:
        self.app = app
        self.reaching = reaching
        self._known: dict[tuple[str, str], Source] = {}
        self._bound: dict[str, frozenset[str]] = {}

    def source(self, function: str, origins: str) -> Source:
        """Where a value comes from, given its origins in the names of a function."""
        return self._source(function, origins, 0)

    def principals(self, function: str) -> frozenset[str]:
        """The parameters of a function that hold who is calling: bound to a guard that authenticates."""
        if function not in self._bound:
            self._bound[function] = frozenset(self._principals(function))
        return self._bound[function]

    def knows_somebody(self, function: str) -> bool:
        """Whether a function has something of a person in hand: of a guard, or in what it compares or hands on."""
        if self.principals(function):
            return True
        compared = (side for each in self._comparisons.get(function, ()) for side in (each.left, each.right))
        handed = (origins for each in self.reaching.passings(function) for _, origins in each.arguments)
        asked = (origins for each in self.app.queries if each.function == function for _, origins in each.values)
        return any(self.source(function, each) is Source.CALLER for each in (*compared, *handed, *asked))

    def checks(self, function: str, columns: Iterable[str]) -> bool:
        """Whether a function compares one of these columns with something of the caller, or hands both to a check."""
        wanted = tuple(f".{column}" for column in columns)
        return any(
            self._ends_with(one, wanted) and self.source(function, other) is Source.CALLER
            for each in self._comparisons.get(function, ())
            for one, other in ((each.left, each.right), (each.right, each.left))
        )

    def checks_with_help(self, function: str, row: str | None, fetched_by: str | None = None) -> bool:
        """Whether a row and the caller are handed together to a function that may refuse.

        The row goes by its local name, or it is what the function calls another one for.
        """
        for each in self.reaching.passings(function):
            handed = [origin for _, origins in each.arguments for origin in origins.split()]
            if (
                any(self._is_row(origin, row, fetched_by) for origin in handed)
                and any(self.source(function, origins) is Source.CALLER for _, origins in each.arguments)
                and self._may_refuse(function, each.callee)
            ):
                return True
        return False

    def _is_row(self, origin: str, row: str | None, fetched_by: str | None) -> bool:
        called, call, rest = origin.removeprefix("@").partition("()")
        if call and not rest and origin.startswith("@"):
            return fetched_by is not None and self.app.meaning(called) == fetched_by
        return row is not None and origin.partition(".")[0] == row

    def session_is_scoped(self, function: str, session: str) -> bool:
        """Whether the session comes from a dependency that knows who is calling: it may be narrowed already."""
        head = session.split(" ", maxsplit=1)[0].partition(".")[0] if session else ""
        return bool(head) and head in self.principals(function)

    def is_for_administrators(self, function: str) -> bool:
        """Whether all routes that reach a function are behind a guard that asks for a role."""
        routes = self.reaching.routes(function)
        return bool(routes) and all(
            any(
                _PRIVILEGED.search(f"{guard.target} {guard.code}") is not None
                and self.app.judge.guard(guard).answer is Answer.YES
                for guard in route.guards
            )
            for route in routes
        )

    def _source(self, function: str, origins: str, depth: int) -> Source:
        found = {self._single(function, origin, depth) for origin in origins.split()}
        return next((source for source in _ORDER if source in found), Source.NEUTRAL)

    def _single(self, function: str, origin: str, depth: int) -> Source:
        key = (function, origin)
        if key not in self._known:
            self._known[key] = Source.UNKNOWN  # a function that calls itself
            self._known[key] = self._work_out(function, origin, depth)
        return self._known[key]

    def _work_out(self, function: str, origin: str, depth: int) -> Source:
        if origin.startswith("@"):
            return self._outside(origin.removeprefix("@"))
        head = origin.partition(".")[0].removesuffix("()")
        known = self.app.functions.get(function)
        if known is None:
            return Source.UNKNOWN
        if head in self.principals(function) or self._is_vouched_for(function, origin):
            return Source.CALLER
        parameter = next((each for each in known.parameters if each.name == head), None)
        if parameter is None:
            found = self._of_around(function, origin, depth)
            return found or (Source.CALLER if self._is_of_caller(function, head, depth) else Source.ROW)
        if self._is_of_request(known, origin) or _is_credential(parameter.name, parameter.default):
            return Source.CALLER
        if head == "self":
            return Source.CALLER if _SPEAKS_OF_CALLER.search(origin) else Source.UNKNOWN
        if function in self.reaching.handlers:
            given = head in _NOT_SENT or _GIVEN_BY_APP.match(parameter.default or "") or self._is_bound(known, head)
            return Source.UNKNOWN if given else Source.CHOSEN
        return self._passed(function, head, origin, depth)

    def _passed(self, function: str, parameter: str, origin: str, depth: int) -> Source:
        """The source of a helper's parameter: what its callers pass. One that passes a chosen value decides."""
        if depth >= DEEPEST:
            return Source.UNKNOWN
        rest = origin.partition(".")[2]
        found: set[Source] = set()
        for each in self.reaching.arguments(function, parameter):
            if each.origins is None:
                found.add(Source.NEUTRAL if self._has_default(function, parameter) else Source.UNKNOWN)
                continue
            passed = each.origins.split()
            followed = f"{passed[0]}.{rest}" if rest and len(passed) == 1 else each.origins
            found.add(self._source(each.caller, followed, depth + 1))
        if not found:
            return Source.UNKNOWN
        for source in (Source.CHOSEN, Source.UNKNOWN, Source.ROW, Source.CALLER):
            if source in found:
                return source
        return Source.NEUTRAL

    def _outside(self, symbol: str) -> Source:
        """Of something outside the function: a call that reads a token, a context variable, else a setting."""
        if tells_who_is_calling(symbol):
            return Source.CALLER
        called, _, _ = symbol.partition("()")
        if "()" not in symbol:
            return Source.CALLER if _SPEAKS_OF_CALLER.search(symbol.rpartition(".")[2]) else Source.NEUTRAL
        target = self.app.meaning(called)
        body = self.app.judge.bodies.of(target)
        if body.credential is not None or body.verifies is not None:
            return Source.CALLER
        if _SPEAKS_OF_CALLER.search(called) or called.endswith("_var.get"):
            return Source.CALLER
        return Source.NEUTRAL

    def _of_around(self, function: str, origin: str, depth: int) -> Source | None:
        """The source of a closure's variable: a parameter of the function around it."""
        around = function.rpartition(".")[0]
        known = self.app.functions.get(around)
        head = origin.partition(".")[0]
        if known is None or not any(each.name == head for each in known.parameters):
            return None
        return self._source(around, origin, depth + 1)

    def _is_of_caller(self, function: str, row: str, depth: int) -> bool:
        """Whether a local name holds a row that was found by something of the caller: their account, their tenant."""
        found = [each for each in self._fetched.get(function, ()) if each.result == row]
        return bool(found) and all(
            any(self._source(function, origins, depth + 1) is Source.CALLER for _, origins in each.values)
            for each in found
        )

    @functools.cached_property
    def _fetched(self) -> dict[str, list[Query]]:
        found: dict[str, list[Query]] = defaultdict(list)
        for each in self.app.queries:
            if each.result and each.operation in (Operation.SELECT, Operation.GET):
                found[each.function].append(each)
        return found

    def _is_vouched_for(self, function: str, origin: str) -> bool:
        """Whether a chosen value is compared with one of the caller's, in the function or in a guard of its routes."""
        if self._compares(function, origin):
            return True
        guards = {guard.target for route in self.reaching.handlers.get(function, ()) for guard in route.guards}
        return any(self._compares(target, origin) for target in guards)

    def _compares(self, function: str, origin: str) -> bool:
        """`if tenant_id != user.tenant_id`."""
        for each in self._comparisons.get(function, ()):
            for one, other in ((each.left, each.right), (each.right, each.left)):
                if one == origin and any(self._is_of_principal(function, part) for part in other.split()):
                    return True
        return False

    def _is_of_principal(self, function: str, origin: str) -> bool:
        """`user.id` of what a guard returned; `request.state.user.id`, which something in front has put there."""
        head, of, _ = origin.partition(".")
        if head in self.principals(function):
            return bool(of)
        known = self.app.functions.get(function)
        sent = known is not None and self._is_of_request(known, origin)
        return sent and _KEPT_ON_REQUEST.search(origin) is not None

    def _is_of_request(self, function: Function, origin: str) -> bool:
        """`request.state.user`, and neither `request.json().user` nor `data.state` of a body: those say its sender."""
        found = _OF_REQUEST.search(origin)
        if found is None or "()" in origin[: found.start()]:
            return False
        head = origin.partition(".")[0]
        parameter = next((each for each in function.parameters if each.name == head), None)
        return parameter is not None and not self._is_body(function, parameter)

    def _is_body(self, function: Function, parameter: Parameter) -> bool:
        """Whether a parameter is of a type that says what the request holds, and not of one for requests."""
        if parameter.reference is None:
            return False
        type_ = self.app.meaning(parameter.reference, function.file)
        if type_ not in self.app.classes:
            return type_ in _PLAIN_TYPES
        return not any(_FOR_REQUESTS.search(each) for each in self.app.ancestors(type_))

    def _principals(self, symbol: str) -> Iterator[str]:
        function = self.app.functions.get(symbol)
        for guard in function.guards if function is not None else ():
            if guard.bound_to is None or guard.how is not How.PARAMETER:
                continue
            reading = self.app.judge.guard(guard)
            believes = self.app.judge.bodies.of(guard.target).unsigned is not None  # to the app it is who is calling
            if reading.answer is not Answer.NO or reading.optional or reading.asks or believes:
                yield guard.bound_to

    @functools.cached_property
    def _comparisons(self) -> dict[str, list[Comparison]]:
        found: dict[str, list[Comparison]] = defaultdict(list)
        for facts in self.app.files.values():
            for each in facts.comparisons:
                found[each.function].append(each)
        return found

    def _may_refuse(self, function: str, callee: str) -> bool:
        called = [each for each in self.reaching.callees(function) if each.rpartition(".")[2] == callee]
        bodies = [self.app.judge.bodies.of(each) for each in called]
        return any(body.refuses is not None or body.statuses & {401, 403, 404} for body in bodies)

    def _has_default(self, function: str, parameter: str) -> bool:
        known = self.app.functions[function]
        return any(each.name == parameter and each.default is not None for each in known.parameters)

    @staticmethod
    def _is_bound(function: Function, name: str) -> bool:
        return any(guard.bound_to == name for guard in function.guards)

    @staticmethod
    def _ends_with(origins: str, tails: tuple[str, ...]) -> bool:
        return any(origin.endswith(tails) for origin in origins.split())


def _is_credential(name: str, default: str | None) -> bool:
    return _HEADER.match(default or "") is not None and _CREDENTIAL_PARAMETER.search(name) is not None
