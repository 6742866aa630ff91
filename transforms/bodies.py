"""What a function comes to do, the app's own functions that it calls included."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from transforms.concepts import Function, Signal
from transforms.frozen import cheap_to_make
from transforms.known_guards import Known, checks_a_signature, status_of_library, verdict_of_library

if TYPE_CHECKING:
    from transforms.app import App

DEEPEST_CALL = 5  # calls of the app's own functions that are followed
UNAUTHENTICATED, FORBIDDEN = 401, 403
# Classes whose objects are rows, and what of these changes the database.
_ROWS = re.compile(
    r"django\.(?:\w+\.)*models\.\w+|mongoengine\.\w*Document|peewee\.Model|tortoise\.(?:\w+\.)*Model|beanie\.Document"
)
_OF_ROWS = frozenset({"save", "delete", "asave", "adelete", "insert", "delete_instance"})


@cheap_to_make
@dataclass(frozen=True, slots=True)
class Body:
    """The sum of a function and of what it calls. A text says where and how; None: not seen."""

    refuses: str | None = None
    refuses_some: str | None = None  # and lets other strangers pass
    says_401: bool = False
    credential: str | None = None  # it looks at one
    verifies: str | None = None
    needs: str | None = None  # it fails where there is no credential
    writes: str | None = None
    external: str | None = None
    keeps: str | None = None  # it changes what the app keeps in memory
    statuses: frozenset[int] = frozenset()
    unsigned: str | None = None  # it believes a token of which nobody has looked at the signature


EMPTY = Body()


class Bodies:
    """Sums of one app's functions; each is worked out once."""

    def __init__(self, app: "App") -> None:
        self.app = app
        self._known: dict[str, Body] = {}

    def of(self, symbol: str, depth: int = 0) -> Body:
        """The body of the function with that symbol; empty for a function of a library."""
        if symbol in self._known:
            return self._known[symbol]
        function = self.app.functions.get(symbol)
        if function is None or depth > DEEPEST_CALL:
            return EMPTY
        self._known[symbol] = EMPTY  # recursion adds nothing
        found = self._own(function)
        for call in function.calls:
            found = self._with_call(found, function, call, depth)
        if not function.guards and self.is_credulous(function):  # whoever brings anything gets past it
            found = replace(found, refuses=None, says_401=False, credential=None)
        self._known[symbol] = found = _as_believed(found, function)
        return found

    def is_credulous(self, function: Function) -> bool:
        """Whether a function, and what it shows the request to, asks no more than whether a credential is there."""
        function = self.app.functions.get(function.symbol.partition(".<")[0], function)  # a part is as its function is
        if not function.credulous:
            return False
        for name in function.shown_to:
            called = [self.app.meaning(call, function.file) for call in function.calls if _last(call) == name]
            if not called or any(self._looks(each) for each in called):
                return False
        return True

    def _looks(self, symbol: str) -> bool:
        """Whether a function may look at a credential that it is shown."""
        body = self.of(symbol)
        return symbol not in self.app.functions or any((body.credential, body.verifies, body.refuses))

    def refusal_by(self, function: Function, call: str) -> str | None:
        """How a function refuses by one of its calls, or by raising what it names; None: not seen."""
        return self._with_call(EMPTY, function, call, 0).refuses

    def _own(self, function: Function) -> Body:
        if not function.signals and not function.raises and not function.unsigned:
            return EMPTY
        signals = set(function.signals)
        named = f"in {function.symbol.partition('.<')[0].rpartition('.')[2]}"  # a part is named by its function
        statuses = frozenset(function.raises)
        return Body(
            refuses=_how_refused(statuses) if Signal.REFUSES in signals else None,
            refuses_some=named if Signal.REFUSES_SOME in signals else None,
            says_401=UNAUTHENTICATED in statuses,
            credential=named if signals & {Signal.READS_CREDENTIAL, Signal.VERIFIES_TOKEN} else None,
            verifies=named if Signal.VERIFIES_TOKEN in signals else None,
            needs=named if Signal.NEEDS_CREDENTIAL in signals else None,
            writes=named if Signal.WRITES in signals else None,
            external=named if Signal.EXTERNAL_EFFECT in signals else None,
            keeps=named if Signal.CHANGES_STATE in signals else None,
            statuses=statuses,
            unsigned="believes a token without a look at its signature" if function.unsigned else None,
        )

    def _with_call(self, body: Body, function: Function, call: str, depth: int) -> Body:
        resolved = self.app.resolve(call, function.file)
        if (named := self.app.statuses.get(resolved)) is not None:
            return _refusing(body, frozenset(named), resolved)
        target = self.app.meaning(call, function.file)
        if body.writes is None and self._writes_row(target):
            return replace(body, writes=f"in {function.symbol.partition('.<')[0].rpartition('.')[2]}")
        if target in self.app.classes:
            return _refusing(body, self._statuses_of_class(target), target)
        if (status := status_of_library(target)) is not None:
            return _refusing(body, frozenset({status}), target)
        if checks_a_signature(target):
            return replace(body, verifies=body.verifies or f"by {target}")
        if verdict_of_library(target) is Known.AUTHENTICATES:
            refuses = body.refuses or (None if call in function.caught else f"calls {target}")
            return replace(body, refuses=refuses, credential=body.credential or target)
        if target not in self.app.functions:
            target = self._of_row(target)
        if target == function.symbol or not target:
            return body
        below = self.of(target, depth + 1)
        if below is EMPTY:
            return body
        caught = call in function.caught
        via = f"calls {target.rpartition('.')[2]}, which "
        return Body(
            refuses=body.refuses or (None if caught or below.refuses is None else via + below.refuses),
            refuses_some=body.refuses_some or below.refuses_some,
            says_401=body.says_401 or (below.says_401 and not caught),
            credential=body.credential or below.credential,
            verifies=body.verifies or (None if caught else below.verifies),
            needs=body.needs or (None if caught else below.needs),
            writes=body.writes or below.writes,
            external=body.external or below.external,
            keeps=body.keeps or below.keeps,
            statuses=body.statuses if caught else body.statuses | below.statuses,
            unsigned=body.unsigned or (via + below.unsigned if below.unsigned is not None else None),
        )

    def _of_row(self, target: str) -> str:
        """`Order.query.filter_by().first().close`: the method of the row that a class of the app was asked for."""
        asked, found, name = target.rpartition("().")
        owner = asked
        while found and (owner := owner.rpartition(".")[0]):
            if owner in self.app.classes:
                method = self.app.method(owner, name)
                return method.symbol if method is not None else ""
        return ""

    def _writes_row(self, target: str) -> bool:
        """`Order(...).save()`, under whatever name the row was kept."""
        row, _, name = target.rpartition(".")
        return name in _OF_ROWS and any(map(_ROWS.fullmatch, self.app.ancestors(row.removesuffix("()"))))

    def _statuses_of_class(self, symbol: str) -> frozenset[int]:
        """The HTTP statuses of an exception class: its own, its handler's, else the nearest ancestor's."""
        for each in self.app.ancestors(symbol):
            found: set[int] = set()
            if (known := self.app.classes.get(each)) is not None:
                found.update(known.statuses)
            if (init := self.app.functions.get(f"{each}.__init__")) is not None:
                found.update(init.raises)
            if (handler := self.app.functions.get(self.app.error_handlers.get(each, ""))) is not None:
                found.update(handler.raises)
            if found:
                return frozenset(found)
        return frozenset()


def _last(call: str) -> str:
    return call.rpartition(".")[2]


def _as_believed(body: Body, function: Function) -> Body:
    """A function that takes the word of an unchecked token has checked nobody, unless it checks them otherwise."""
    if body.unsigned is None:
        return body
    if body.verifies is not None and not function.unsigned:
        return replace(body, unsigned=None)
    return replace(body, refuses=None, says_401=False, credential=None, verifies=None)


def _refusing(body: Body, statuses: frozenset[int], by: str) -> Body:
    if not statuses:
        return body
    refusing = statuses & {UNAUTHENTICATED, FORBIDDEN}
    how = f"raises {by.rpartition('.')[2]}" if refusing else None
    return replace(
        body,
        refuses=body.refuses or how,
        says_401=body.says_401 or UNAUTHENTICATED in statuses,
        statuses=body.statuses | statuses,
    )


def _how_refused(statuses: frozenset[int]) -> str:
    if UNAUTHENTICATED in statuses:
        return "answers 401"
    return "answers 403" if FORBIDDEN in statuses else "turns strangers away"
