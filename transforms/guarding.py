"""Whether a route keeps strangers out, judged by reading what its guards do, never by what they are called.

A guard authenticates when it refuses with 401 or 403 and looks at a credential, directly, through its own dependencies
or through functions of the app that it calls. A library's guard is known by its reference (`known_guards`). What cannot
be read is *unknown*.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from transforms.bodies import Bodies
from transforms.concepts import Function, GuardUse, How, Route
from transforms.known_guards import Known, looks_like_access_control, verdict_of_library

if TYPE_CHECKING:
    from transforms.app import App


class Answer(StrEnum):
    """Whether somebody unknown is kept out."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trace:
    """Something seen in the code that speaks for an answer."""

    path: str
    line: int
    note: str


@dataclass(frozen=True, slots=True)
class Access:
    """The answer for one route; `guard` is what keeps people out (or what could not be read)."""

    answer: Answer
    traces: tuple[Trace, ...] = ()
    guard: GuardUse | None = None

    @property
    def is_checked(self) -> bool:
        """Strangers are kept out."""
        return self.answer is Answer.YES

    @property
    def is_open(self) -> bool:
        """Nothing keeps strangers out."""
        return self.answer is Answer.NO


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one callable came to. `optional`: it refuses a bad credential but lets pass who brings none."""

    answer: Answer
    traces: tuple[Trace, ...] = ()
    optional: bool = False
    asks: bool = False  # it demands a credential and leaves checking it to others


NOTHING = Reading(Answer.NO)
_SAYS = {
    How.PARAMETER: "the handler depends on {}",
    How.DECORATOR: "the route is decorated with {}",
    How.ROUTER: "its router depends on {}",
    How.INCLUDE: "the router is included with {}",
    How.APP: "the app depends on {}",
    How.MIDDLEWARE: "the app has the middleware {}",
}


class Judge:
    """Reads guards of one app; each callable once."""

    def __init__(self, app: "App") -> None:
        self.app = app
        self.bodies = Bodies(app)
        binding = app.placement.bindings.get("guard")
        self._accepted = {f"{binding.module}.{binding.name}"} if binding is not None else set[str]()
        self._accesses: dict[Route, Access] = {}
        self._readings: dict[tuple[str, tuple[str, ...]], Reading] = {}

    def access(self, route: Route) -> Access:
        """Judge one route of `app.routes`: its guards first, then the handler's own body."""
        if route not in self._accesses:
            self._accesses[route] = self._access(route)
        return self._accesses[route]

    def guard(self, guard: GuardUse) -> Reading:
        """Judge one guard of a route by how it stands there."""
        from transforms.permitting import read_predicates

        if not guard.target:
            return Reading(Answer.UNKNOWN, (Trace(guard.file, guard.place.line, "which guard is decided at run time"),))
        if {guard.symbol, guard.target} & self._accepted:
            return Reading(Answer.YES)
        if guard.predicates:
            return read_predicates(self.app, guard)
        if guard.how is How.MIDDLEWARE:
            return self.middleware(guard.target)
        if guard.code.startswith("@"):
            return self.wrapper(guard.target)
        return self.dependency(guard.target, guard.flags)

    def dependency(self, target: str, flags: tuple[str, ...] = ()) -> Reading:
        """Judge a callable that runs before the handler; `target` as `App.meaning` gives it."""
        key = (target, flags)
        if key not in self._readings:
            self._readings[key] = NOTHING  # a dependency on itself adds nothing
            self._readings[key] = self._dependency(target, flags)
        return self._readings[key]

    def middleware(self, target: str) -> Reading:
        """Judge a middleware function or class; one that looks at the path may spare some routes."""
        bodies = self._middleware_functions(target)
        if not bodies:
            return self._library(target, ())
        for function in bodies:
            body = self.bodies.of(function.symbol)
            if body.refuses is None or (body.credential is None and not body.says_401):
                continue
            if function.by_path:
                note = "refuses strangers on some paths only"
                return Reading(Answer.UNKNOWN, (Trace(function.file, function.place.line, note),))
            return Reading(Answer.YES, (_refusal(function, body.refuses),))
        return NOTHING

    def wrapper(self, target: str) -> Reading:
        """Judge a decorator of the handler: what the function it makes does."""
        function = self.app.functions.get(target) or self.app.method(target, "__call__")
        if function is None:
            return self._library(target, ())
        return self._own_checks(function)

    def body(self, route: Route, *, offered: bool) -> Reading:
        """Judge the handler's own body; `offered`: a dependency hands it a credential or a user that may be None."""
        from transforms.permitting import turns_strangers_away

        function = self.app.functions.get(route.handler)
        if function is None and route.by_library:
            return NOTHING
        if function is None:
            return Reading(Answer.UNKNOWN, (Trace(route.file, route.entry.line, "its handler could not be found"),))
        body = self.bodies.of(function.symbol)
        credential = body.credential or (f"{function.file}:{function.place.line}" if offered else None)
        if body.refuses is not None and credential is not None:
            return Reading(Answer.YES, (_refusal(function, body.refuses),))
        if turns_strangers_away(self.app, route):
            note = f"{_name(function.symbol)} turns away whoever is not signed in"
            return Reading(Answer.YES, (Trace(function.file, function.place.line, note),))
        if body.verifies is not None:
            note = "checks a token or signature in its body"
            answer = Answer.YES if function.raises else Answer.UNKNOWN
            return Reading(answer, (Trace(function.file, function.place.line, note),))
        if body.refuses is not None and body.says_401:
            note = "answers 401 in its body, without a credential that could be recognised"
            return Reading(Answer.UNKNOWN, (Trace(function.file, function.place.line, note),))
        return NOTHING

    def _access(self, route: Route) -> Access:
        readings = [(guard, self.guard(guard)) for guard in route.guards]
        for guard, reading in readings:
            if reading.answer is Answer.YES:
                return Access(Answer.YES, (_seen(guard), *reading.traces), guard)
        offered = any(reading.optional or reading.asks for _, reading in readings)
        inline = self.body(route, offered=offered)
        if inline.answer is Answer.YES:
            return Access(Answer.YES, inline.traces, GuardUse(route.handler, How.INLINE, route.place, file=route.file))
        for guard, reading in readings:
            if reading.answer is Answer.UNKNOWN or reading.asks:
                return Access(Answer.UNKNOWN, (_seen(guard), *reading.traces), guard)
        return Access(inline.answer, inline.traces)

    def _dependency(self, target: str, flags: tuple[str, ...]) -> Reading:
        if target in self.app.functions:
            return self._function(self.app.functions[target])
        made_by = target.removesuffix("()")
        if made_by in self.app.classes:
            return self._object(made_by) if made_by != target else self._constructor(made_by)
        if made_by != target and made_by in self.app.functions:
            return self._factory(made_by)
        return self._library(target, flags)

    def _function(self, function: Function, *, offered: bool = False) -> Reading:
        """A dependency of the app: what it depends on, and what it does itself."""
        below = [self.dependency(guard.target, guard.flags) for guard in function.guards if guard.target]
        for reading in below:
            if reading.answer is Answer.YES:
                via = Trace(function.file, function.place.line, f"{_name(function.symbol)} needs a signed-in caller")
                return Reading(Answer.YES, (via, *reading.traces))
        own = self._own_checks(function, offered=offered or any(each.optional or each.asks for each in below))
        if own.answer is Answer.NO and not own.optional:
            own = next((reading for reading in below if reading.answer is Answer.UNKNOWN), own)
        if own.answer is Answer.NO and any(reading.asks for reading in below):
            note = f"{_name(function.symbol)} demands a credential"
            return Reading(Answer.YES, (Trace(function.file, function.place.line, note),))
        optional = own.optional or (own.answer is Answer.NO and any(reading.optional for reading in below))
        return Reading(own.answer, own.traces, optional=optional)

    def _own_checks(self, function: Function, *, offered: bool = False) -> Reading:
        body = self.bodies.of(function.symbol)
        where = (Trace(function.file, function.place.line, f"{_name(function.symbol)} can be read"),)
        credential = offered or body.credential is not None
        if body.refuses is not None:
            if function.optional:
                return Reading(Answer.NO, where, optional=True)
            if credential or (body.says_401 and not _believes_a_header(function)):
                return Reading(Answer.YES, (_refusal(function, body.refuses),))
            return Reading(Answer.UNKNOWN, (_refusal(function, body.refuses),))
        if body.verifies is not None and not function.optional:
            note = f"{_name(function.symbol)} checks a token; how it answers a bad one is not seen"
            return Reading(Answer.UNKNOWN, (Trace(function.file, function.place.line, note),))
        return Reading(Answer.NO, where, optional=credential)

    def _object(self, symbol: str) -> Reading:
        """An object of a class of the app as dependency: its `__call__`."""
        scheme = next((each for each in self.app.ancestors(symbol) if self._is_scheme(each)), None)
        call = self.app.method(symbol, "__call__")
        if call is not None:
            return self._function(call, offered=scheme is not None)
        if scheme is None:
            return NOTHING
        where = self.app.classes[symbol]
        return Reading(Answer.NO, (Trace(where.file, where.place.line, f"it is a {scheme}"),), asks=True)

    def _is_scheme(self, ancestor: str) -> bool:
        return verdict_of_library(f"{ancestor}()") is Known.ASKS

    def _constructor(self, symbol: str) -> Reading:
        init = self.app.method(symbol, "__init__")
        return self._function(init) if init is not None else NOTHING

    def _factory(self, symbol: str) -> Reading:
        """What a function of the app returns: a function defined inside it, or an object."""
        inner = [each for name, each in self.app.functions.items() if name.startswith(f"{symbol}.")]
        readings = [self._function(each) for each in inner]
        for answer in (Answer.YES, Answer.UNKNOWN):
            for reading in readings:
                if reading.answer is answer:
                    return reading
        function = self.app.functions[symbol]
        for call in function.calls:
            made = self.app.meaning(call, function.file)
            if made in self.app.classes and (reading := self._object(made)).answer is not Answer.NO:
                return reading
        return next((reading for reading in readings if reading.optional), NOTHING)

    def _library(self, target: str, flags: tuple[str, ...]) -> Reading:
        match verdict_of_library(target, flags):
            case Known.AUTHENTICATES:
                return Reading(Answer.YES)
            case Known.ASKS:
                return Reading(Answer.NO, asks=True)
            case Known.OPTIONAL:
                return Reading(Answer.NO, optional=True)
            case Known.HARMLESS:
                return NOTHING
        if looks_like_access_control(target) and not self.app.is_own(target):
            return Reading(Answer.UNKNOWN, (Trace("", 0, f"{target} cannot be read"),))
        return NOTHING

    def _middleware_functions(self, target: str) -> list[Function]:
        if (function := self.app.functions.get(target)) is not None:
            return [function]
        methods = (
            self.app.method(target, name) for name in ("dispatch", "__call__", "process_request", "process_view")
        )
        return [method for method in methods if method is not None] if target in self.app.classes else []


def _believes_a_header(function: Function) -> bool:
    """Whether it takes the caller's word: a header such as X-User-Id, which is no credential."""
    return any((parameter.default or "").startswith("Header(") for parameter in function.parameters)


def _seen(guard: GuardUse) -> Trace:
    return Trace(guard.file, guard.place.line, _SAYS[guard.how].format(_name(guard.target) or guard.code))


def _refusal(function: Function, refusal: str) -> Trace:
    return Trace(function.file, function.place.line, f"{_name(function.symbol)} {refusal}")


def _name(symbol: str) -> str:
    parts = symbol.removesuffix("()").split(".")
    return ".".join(parts[-2:]) if len(parts) > 1 and parts[-2][:1].isupper() else parts[-1]
