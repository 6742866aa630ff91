"""Whether a route keeps strangers out, judged by reading what its guards do, never by what they are called.

A guard authenticates when it refuses with 401 or 403 and looks at a credential, directly, through its own dependencies
or through functions of the app that it calls. A library's guard is known by its reference (`known_guards`). What cannot
be read is *unknown*.
"""

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from transforms.access import NOTHING, Access, Answer, Reading, Trace
from transforms.asking import asked_inside, goes_by_what_is_given, nothing_for_strangers
from transforms.blindness import sees_nobody
from transforms.bodies import Bodies, Body
from transforms.concepts import UNREAD_LIST, Function, GuardUse, How, Route, Signal
from transforms.gateways import KEY as GATEWAY_KEY
from transforms.known_guards import Known, looks_like_access_control, verdict_of_library
from transforms.part_names import for_nobody
from transforms.unset_keys import unset_key

if TYPE_CHECKING:
    from transforms.app import App


_SAYS = {
    How.PARAMETER: "the handler depends on {}",
    How.DECORATOR: "the route is decorated with {}",
    How.ROUTER: "its router depends on {}",
    How.INCLUDE: "the router is included with {}",
    How.APP: "the app depends on {}",
    How.MIDDLEWARE: "the app has the middleware {}",
    How.VERIFIER: "its server asks {} about every token",
    How.GATEWAY: "the gateway in front of it asks for {}",
    How.INLINE: "{} is called first",
    How.ANSWER: "it goes on only where {} answers something",
    How.GATE: "who does not meet {} gets no further",
}
_UNSEEN = {True: "what stands in front of it is configured elsewhere", False: "which guard is decided at run time"}
_MAY_CHECK = frozenset({Signal.READS_CREDENTIAL, Signal.USES_STATE, Signal.EXTERNAL_EFFECT})
_WEAKER = (Answer.NO, Answer.UNKNOWN)
_VERIFYING = ("verify_token", "load_access_token", "authenticate", "verify", "__call__")


class Judge:
    """Reads guards of one app; each callable once."""

    def __init__(self, app: "App") -> None:
        self.app = app
        from transforms.permitting import turns_strangers_away
        from transforms.stakes import only_shows

        self.bodies = Bodies(app)
        self.turns_away = turns_strangers_away
        self.only_shows = only_shows
        binding = app.placement.bindings.get("guard")
        self._accepted = {f"{binding.module}.{binding.name}"} if binding is not None else set[str]()
        self._accesses: dict[Route, Access] = {}
        self._readings: dict[tuple[str, tuple[str, ...]], Reading] = {}

    def access(self, route: Route) -> Access:
        """Judge one route of `app.routes`: its guards first, then the handler's own body."""
        if (found := self._accesses.get(route)) is None:
            found = self._accesses[route] = self._access(route)
        return found

    def guard(self, guard: GuardUse, path: str | None = None) -> Reading:
        """Judge one guard of a route by how it stands there; `path` is the route's, for what looks at it."""
        if not guard.target:
            return Reading(Answer.UNKNOWN, (Trace(guard.file, guard.place.line, _UNSEEN[guard.how is How.GATEWAY]),))
        if {guard.symbol, guard.target} & self._accepted:
            return Reading(Answer.YES)
        if guard.predicates and guard.how is How.VERIFIER:
            return self._weakest(guard)
        if guard.predicates:
            from transforms.permitting import read_predicates

            return read_predicates(self.app, guard)
        if guard.how is How.MIDDLEWARE:
            return self.middleware(guard.target, path)
        if guard.how is How.VERIFIER:
            return self.verifier(guard.target, guard.flags)
        if guard.how is How.GATE:
            return self.condition(guard.target)
        if guard.how is How.ANSWER:
            return self._answers(guard.target)
        if guard.how is How.INLINE:  # called in passing: a library's function is there for something else
            return self.dependency(guard.target) if guard.target in self.app.functions else NOTHING
        if guard.code.startswith("@"):
            return self.wrapper(guard.target, guard.flags)
        return self.dependency(guard.target, guard.flags)

    def dependency(self, target: str, flags: tuple[str, ...] = ()) -> Reading:
        """Judge a callable that runs before the handler; `target` as `App.meaning` gives it."""
        key = (target, flags)
        if key not in self._readings:
            self._readings[key] = NOTHING  # a dependency on itself adds nothing
            self._readings[key] = self._dependency(target, flags)
        return self._readings[key]

    def condition(self, target: str) -> Reading:
        """Judge a condition that others act on: it need not refuse anybody, only look at who is there."""
        function = self.app.functions.get(target.removesuffix("()"))
        if function is not None:
            body = self.bodies.of(function.symbol)
            if body.credential is None and body.verifies is None:
                return NOTHING
            note = f"{_name(function.symbol)} looks at who is there"
            return Reading(Answer.YES, (Trace(function.file, function.place.line, note),))
        if verdict_of_library(target) in (Known.AUTHENTICATES, Known.OPTIONAL, Known.ASKS):
            return Reading(Answer.YES)
        return self._library(target, ())

    def _answers(self, target: str) -> Reading:
        """Judge a function that a handler asks before it goes on: strangers must get nothing out of it."""
        function = nothing_for_strangers(self.app, target)
        if function is None:
            return NOTHING
        if (believes := self.bodies.of(target).unsigned) is not None:
            return _believing(function, believes)
        where = Trace(function.file, function.place.line, f"{_name(target)} answers nothing to strangers")
        return Reading(Answer.YES, (where,))

    def middleware(self, target: str, path: str | None = None) -> Reading:
        """Judge a middleware function or class; one that looks at the path may spare some routes."""
        bodies = self._middleware_functions(target)
        if not bodies:
            return self._library(target, ())
        for function in bodies:
            body = self.bodies.of(function.symbol)
            if self.bodies.is_credulous(function):
                return _hollow(function, "asks whether a credential is there, and takes any")
            if body.unsigned is not None:
                return _believing(function, body.unsigned)
            if body.refuses is None or (body.credential is None and not body.says_401):
                if not function.by_path and (asked := self._asks_another(function.symbol)) is not None:
                    return asked
                continue
            if function.by_path and not self._is_told_whole(function):
                found = self._by_path(function, body.refuses, path)
                return found if found.answer is not Answer.YES else self._keeping_out(function, body.refuses)
            return self._keeping_out(function, body.refuses)
        return NOTHING

    def _keeping_out(self, function: Function, refuses: str, *, in_handler: bool = False) -> Reading:
        """What a function comes to that refuses strangers: some do only where a setting is there."""
        unset = unset_key(self.app, function.symbol, in_handler=in_handler)
        if unset is not None:
            return Reading(Answer.UNKNOWN, (unset.trace,), unset=unset.name)
        return Reading(Answer.YES, (_refusal(function, refuses),))

    def verifier(self, target: str, flags: tuple[str, ...] = ()) -> Reading:
        """Judge what a server asks about tokens, refusing by itself when the answer is no."""
        if (known := self._library(target, flags)).answer is not Answer.NO:
            return known
        if verdict_of_library(target, flags) is Known.HARMLESS:
            return NOTHING
        owner = target.removesuffix("()")
        if owner in self.app.classes:
            ancestors = (verdict_of_library(f"{each}()", flags) for each in self.app.ancestors(owner))
            methods = (self.app.method(owner, name) for name in _VERIFYING)
            asked = next((method for method in methods if method is not None), None)
            if asked is None and Known.AUTHENTICATES in ancestors:
                return Reading(Answer.YES)
            return self._says_no(asked) if asked is not None else _unread(target)
        function = self.app.functions.get(owner)
        if function is None:
            return _unread(target)
        return self._says_no(function) if owner == target else self._made_verifier(function)

    def _weakest(self, guard: GuardUse) -> Reading:
        """Of several verifiers one has to know the caller: whom one lets in all let in."""
        readings = [self.verifier(each) if each else _unread(guard.code) for each in guard.predicates]
        return next((each for answer in _WEAKER for each in readings if each.answer is answer), readings[0])

    def _made_verifier(self, function: Function) -> Reading:
        """What a function of the app makes: the verifier that it calls for, unless it may make none."""
        made = [self.app.meaning(call, function.file) for call in function.calls]
        classes = (each for each in made if each in self.app.classes or not self.app.is_own(each))
        readings = [self.verifier(f"{each}()") for each in classes]
        found = next((each for each in readings if each.answer is Answer.YES), None)
        return found if found is not None and not function.optional else _unread(function.symbol)

    def _says_no(self, function: Function) -> Reading:
        """Whether a verifier can refuse: it answers None for some tokens, and looks at them to tell which."""
        body = self.bodies.of(function.symbol)
        where = Trace(function.file, function.place.line, f"{_name(function.symbol)} refuses tokens it does not know")
        looks = bool(function.calls) or Signal.USES_STATE in function.signals
        if (unset := unset_key(self.app, function.symbol)) is not None:
            return Reading(Answer.UNKNOWN, (unset.trace,), unset=unset.name)
        knows = body.verifies is not None or body.refuses is not None or (function.optional and looks)
        if knows or goes_by_what_is_given(self.app, function):
            return Reading(Answer.YES, (where,))
        note = f"{_name(function.symbol)} was not seen to refuse a token"
        return Reading(Answer.UNKNOWN, (Trace(function.file, function.place.line, note),))

    def _is_told_whole(self, function: Function) -> bool:
        """Whether all that it lets through is known by exemptions: then it refuses everything else."""
        return function.symbol in self.app.exemptions and Signal.READS_PATH not in function.signals

    def _by_path(self, function: Function, refuses: str, path: str | None) -> Reading:
        """Judge a middleware that looks at the path, for one path."""

        def unsure(note: str) -> Reading:
            return Reading(Answer.UNKNOWN, (Trace(function.file, function.place.line, note),))

        if path is None or not function.path_rules:
            return unsure("refuses strangers on some paths only")
        for rule in function.path_rules:
            met = rule.meets(path)
            if met is None:
                return unsure("refuses strangers on some paths, and this one may be among them")
            if met and rule.spares:
                return NOTHING if rule.negated else unsure("lets this path through by name")
            if met:
                return Reading(Answer.YES, (_refusal(function, refuses),))
        if not all(rule.spares for rule in function.path_rules):
            return NOTHING
        return Reading(Answer.YES, (_refusal(function, refuses),))

    def wrapper(self, target: str, flags: tuple[str, ...] = ()) -> Reading:
        """Judge a decorator of the handler: what the function it makes does."""
        function = self.app.functions.get(target) or self.app.method(target, "__call__")
        if function is None:
            return self._library(target, flags)
        own = self._own_checks(function)
        return (own.answer is not Answer.YES and self._asks_another(function.symbol)) or own

    def _asks_another(self, symbol: str) -> Reading | None:
        """By what it asks of another function, and goes on only for whom that answers something."""
        readings = (self._answers(use.target) for use in asked_inside(self.app, symbol))
        return next((each for each in readings if each.answer is Answer.YES), None)

    def body(self, route: Route, *, offered: bool) -> Reading:
        """Judge the handler's own body; `offered`: a dependency hands it a credential or a user that may be None."""
        function = self.app.functions.get(route.does)
        if function is None and route.by_library:
            return NOTHING
        if function is None:
            library = route.handler.removesuffix(UNREAD_LIST)
            unread = f"what is in {library} could not be read" if library != route.handler else ""
            note = unread or "its handler could not be found"
            return Reading(Answer.UNKNOWN, (Trace(route.file, route.entry.line, note),))
        if self.bodies.is_credulous(function):
            return _hollow(function, "asks whether a credential is there, and takes any")
        nobody = self.app.functions.get(for_nobody(function.symbol))
        body = self.bodies.of((nobody or function).symbol)
        found = self._refused(route, function, body, offered=offered)
        if found is None and nobody is not None:
            return self._sees_less(route, nobody)
        return found or NOTHING

    def _refused(self, route: Route, function: Function, body: Body, *, offered: bool) -> Reading | None:
        """How a handler keeps strangers out by itself, if it may do that."""
        looks = body.credential or self.bodies.of(function.symbol).credential
        credential = looks or (f"{function.file}:{function.place.line}" if offered else None)
        if body.unsigned is not None:
            return _believing(function, body.unsigned)
        if body.refuses is not None and credential is not None:
            return self._keeping_out(function, body.refuses, in_handler=True)
        if self.turns_away(self.app, route) and (body is self.bodies.of(function.symbol) or body.writes is None):
            note = f"{_name(function.symbol)} turns away whoever is not signed in"
            return Reading(Answer.YES, (Trace(function.file, function.place.line, note),))
        if body.verifies is not None:
            note = "checks a token or signature in its body"
            answer = Answer.YES if function.raises else Answer.UNKNOWN
            return Reading(answer, (Trace(function.file, function.place.line, note),))
        followed = for_nobody(function.symbol) in self.app.functions  # what it does for strangers is known
        note = self._unsure(body, self.bodies.of(function.symbol))
        note = note or ("" if followed else self._leaves_strangers(function, credential))
        return Reading(Answer.UNKNOWN, (Trace(function.file, function.place.line, note),)) if note else None

    def _unsure(self, body: Body, whole: Body) -> str:
        """Why nobody can tell whether a handler keeps strangers out."""
        if body.refuses is not None and body.says_401:
            return "answers 401 in its body, without a credential that could be recognised"
        if body.refuses_some is not None:
            return "turns some strangers away, and answers others"
        return "fails when nobody is signed in, without refusing" if whole.needs is not None else ""

    def _leaves_strangers(self, function: Function, credential: str | None) -> str:
        """Whether a handler ends early for some, after a look at who is calling: what the others get is not seen."""
        conditions = self.app.conditions.get(function.symbol, ()) if credential is not None else ()
        asked = (origin for each in conditions if each.leaves for origin in each.asked.split())
        tells = any(self._is_of_caller(function.symbol, origin) for origin in asked)
        return "ends early for some, after a look at who is calling" if tells else ""

    def _is_of_caller(self, function: str, origin: str) -> bool:
        from transforms.callers import Source

        return self.app.callers.source(function, origin) is Source.CALLER

    def _sees_less(self, route: Route, nobody: Function) -> Reading:
        """Judge a handler that asks who is calling and answers strangers all the same, by what it does for them."""
        name, line = _name(route.handler), nobody.place.line
        if self.only_shows(self.app, route, nobody):
            note = f"{name} does more for whoever is signed in, and only shows something to others"
            return Reading(Answer.UNKNOWN, (Trace(nobody.file, line, note),), shows_less=True)
        note = f"{name} asks who is calling, and goes on for others as well"
        return Reading(Answer.NO, (Trace(nobody.file, line, note),))

    def _access(self, route: Route) -> Access:
        guards = (guard for guard in route.guards if not self._lets_through(guard, route))
        readings = [(guard, self.guard(guard, route.path)) for guard in guards]
        for guard, reading in readings:
            if reading.answer is Answer.YES:
                return Access(Answer.YES, (_seen(guard), *reading.traces), guard)
        offered = any(reading.optional or reading.asks for _, reading in readings)
        inline = self.body(route, offered=offered)
        if inline.answer is Answer.YES:
            return Access(Answer.YES, inline.traces, GuardUse(route.handler, How.INLINE, route.place, file=route.file))
        for guard, reading in readings:
            if reading.answer is Answer.UNKNOWN or reading.asks:
                hollow = inline.traces if inline.hollow else ()
                return Access(Answer.UNKNOWN, (_seen(guard), *reading.traces, *hollow), guard, unset=reading.unset)
        key = next((guard for guard, _ in readings if guard.how is How.GATEWAY and guard.target == GATEWAY_KEY), None)
        if inline.hollow and key is not None:  # it leaves to the gateway whether the key is right
            return Access(Answer.YES, (_seen(key), *inline.traces), key)
        weak = [_seen(guard) for guard, _ in readings if guard.how is How.GATEWAY]
        fooled = [each for guard, reading in readings if reading.hollow for each in (_seen(guard), *reading.traces)]
        return Access(inline.answer, (*inline.traces, *weak, *fooled), shows_less=inline.shows_less, unset=inline.unset)

    def _lets_through(self, guard: GuardUse, route: Route) -> bool:
        """Whether the route is one of those that a guard of many routes does not look at."""
        handler = _name(route.handler)
        around = route.router.rpartition(".")[2]
        for pattern in self.app.exemptions.get(guard.target, ()):
            if pattern.startswith("/"):
                found = fnmatchcase(route.path or "", pattern)
            else:
                owner, _, name = pattern.rpartition(".")
                found = fnmatchcase(handler, name) and (not owner or around.startswith(owner))
            if found:
                return True
        return False

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
        if own.answer is Answer.NO and not own.hollow and any(reading.asks for reading in below):
            note = f"{_name(function.symbol)} demands a credential"
            return Reading(Answer.YES, (Trace(function.file, function.place.line, note),))
        optional = own.optional or (own.answer is Answer.NO and any(reading.optional for reading in below))
        hollow = next((each for each in (own, *below) if each.hollow), own)
        return Reading(own.answer, hollow.traces, optional=optional, hollow=hollow.hollow, unset=own.unset)

    def _own_checks(self, function: Function, *, offered: bool = False) -> Reading:
        body = self.bodies.of(function.symbol)
        where = (Trace(function.file, function.place.line, f"{_name(function.symbol)} can be read"),)
        if not function.guards and self.bodies.is_credulous(function):
            return _hollow(function, "asks whether a credential is there, and takes any")
        if body.unsigned is not None:
            return _believing(function, body.unsigned)
        credential = offered or body.credential is not None
        if body.refuses is not None:
            if function.optional:
                return Reading(Answer.NO, where, optional=True)
            if not credential and body.says_401 and sees_nobody(self.app, function):
                return _hollow(function, "refuses, and sees nothing of who is calling")
            if credential or (body.says_401 and not _believes_a_header(function)):
                return self._keeping_out(function, body.refuses)
            unset = unset_key(self.app, function.symbol)
            return Reading(
                Answer.UNKNOWN, (_refusal(function, body.refuses), *([unset.trace] if unset is not None else ()))
            )
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
        readings = [self._function(each) for each in self.app.inside(symbol)]
        for answer in (Answer.YES, Answer.UNKNOWN):
            for reading in readings:
                if reading.answer is answer:
                    return reading
        function = self.app.functions[symbol]
        for call in function.calls:
            made = self.app.meaning(call, function.file)
            if made in self.app.classes and (reading := self._object(made)).answer is not Answer.NO:
                return reading
        for given in function.gives:
            made = self.app.meaning(given, function.file)
            if made.removesuffix("()") in self.app.functions and made.removesuffix("()") != symbol:
                readings.append(self.dependency(made))
                if readings[-1].answer is not Answer.NO:
                    return readings[-1]
        return next((reading for reading in readings if reading.optional or reading.hollow), NOTHING)

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


def _unread(target: str) -> Reading:
    return Reading(Answer.UNKNOWN, (Trace("", 0, f"{_name(target)} cannot be read"),))


def _hollow(function: Function, what: str) -> Reading:
    note = f"{_name(function.symbol)} {what}"
    return Reading(Answer.NO, (Trace(function.file, function.place.line, note),), hollow=True)


def _believing(function: Function, how: str) -> Reading:
    """Somebody else may still look at the credential where the function itself has it in hand."""
    if not function.unsigned and _MAY_CHECK.intersection(function.signals):
        return Reading(Answer.UNKNOWN, (_refusal(function, how),))
    return _hollow(function, how)


def _believes_a_header(function: Function) -> bool:
    """Whether it takes the caller's word: a header such as X-User-Id, which is no credential."""
    return any((parameter.default or "").startswith("Header(") for parameter in function.parameters)


def _seen(guard: GuardUse) -> Trace:
    shown = guard.code if guard.how is How.GATEWAY else _name(guard.target) or guard.code
    return Trace(guard.file, guard.place.line, _SAYS[guard.how].format(shown or "something"))


def _refusal(function: Function, refusal: str) -> Trace:
    return Trace(function.file, function.place.line, f"{_name(function.symbol.partition('.<')[0])} {refusal}")


def _name(symbol: str) -> str:
    parts = symbol.removesuffix("()").split(".")
    return ".".join(parts[-2:]) if len(parts) > 1 and parts[-2][:1].isupper() else parts[-1]
