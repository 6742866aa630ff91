"""On which ways through a function its caller gets on: what was asked on each, and what was called.

A check of a role that stands in one branch says nothing about who comes through another, and a key that is compared
only where it is set keeps nobody out before. Functions that may ask for a role or whether a setting is there are gone
through, and only their own statements: what comes of what they ask, `ways` and `unset_keys` decide.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst

from transforms.concepts_data import Condition, Step, Ways
from transforms.frameworks.python_statuses import status_from, status_of
from transforms.role_words import VERIFYING, speaks_of_roles
from transforms.setting_words import may_be_setting
from transforms.walk import Scope, Walk, all_parameters, descendants, dotted_name

MOST_STEPS = 400
_MAY_ASK = re.compile(
    r"admin|role|perm|scope|super|staff|priv|require|ensure|check|verif|assert|authori|enforce|guard|only|allow|access|must|deny|refuse|forbid|valid_|validate_(?:api_)?(?:key|token)",
    re.IGNORECASE,
)
_VERIFYING = frozenset({VERIFYING, "verify_token", "load_access_token"})
_ENDS = frozenset({"abort", "stop", "exit", "switch_page"})
_SENDS_ON = frozenset({"redirect", "RedirectResponse", "HttpResponseRedirect"})
_ANY = re.compile(r"[^_]")
# What a middleware calls for its caller to get on.
_GETS_ON = frozenset({"call_next", "get_response", "self.app", "self.get_response"})
Build = Callable[..., Condition]


@dataclass(frozen=True)
class Draft:
    """A condition whose places are not known yet: `asked` are its origins, `nodes` what has a place."""

    asked: str
    roles: tuple[str, ...]
    nodes: tuple[cst.BaseExpression, ...]
    build: Build
    compares_setting: bool = False


class Noted:
    """What was asked in the functions of one file, and which of them may ask for a role."""

    def __init__(self, walk: Walk, draft: Callable[[cst.BaseExpression], Draft | None]) -> None:
        self.walk, self.draft = walk, draft
        self.drafts: dict[int, Draft] = {}  # by the id of a test, or a part of one
        self.wanted: dict[str, tuple[Scope, frozenset[str]]] = {}
        self.about_settings: set[str] = set()  # symbols of functions that ask whether a setting is there
        walk.at_end(self.tell)

    def answer(self, value: cst.BaseExpression, whole: Draft | None) -> None:
        """Keep what a function answers, in its parts: that alone makes no question for a role of it."""
        self._keep(value, whole)

    def test(self, test: cst.BaseExpression, whole: Draft | None) -> None:
        """Keep what a test asks, in its parts."""
        self._keep(test, whole)
        if whole is not None and (whole.roles or any(map(speaks_of_roles, whole.asked.split()))):
            self._want()

    def _keep(self, test: cst.BaseExpression, whole: Draft | None) -> None:
        parts = list(_parts(test))
        for part in parts:
            found = whole if len(parts) == 1 else self.draft(part)
            if found is not None:
                self.drafts[id(part)] = found
                self._about_setting(part, found)

    def _about_setting(self, part: cst.BaseExpression, found: Draft) -> None:
        if self.walk.function is None:
            return
        asks_presence = not isinstance(part, cst.Comparison) or _whether_there(part) is not None
        asks_for_it = asks_presence and may_be_setting(found.asked)
        if asks_for_it or found.compares_setting:
            self.about_settings.add(self.walk.function.symbol)
            self._want()

    def call(self, name: str) -> None:
        """A function is called that may ask for a role."""
        if _MAY_ASK.search(name):
            self._want()

    def _want(self) -> None:
        scope = self.walk.function
        if scope is None or scope.symbol in self.wanted:
            return
        outer = (each.node for each in self.walk.scopes if each.is_function and each is not scope)
        handed = {
            each.name.value for node in outer if isinstance(node, cst.FunctionDef) for each in all_parameters(node)
        }
        self.wanted[scope.symbol] = scope, frozenset(handed)

    def tell(self) -> None:
        """Leave the Ways fact of every function that may ask for these and tells its callers apart."""
        for symbol, (scope, handed) in self.wanted.items():
            node = scope.node
            if isinstance(node, cst.FunctionDef):
                self._emit(symbol, node, handed)

    def _emit(self, symbol: str, node: cst.FunctionDef, handed: frozenset[str]) -> None:
        names = handed | _GETS_ON
        through = any(dotted_name(call.func) in names for call in descendants(node.body, cst.Call))
        about_settings = symbol in self.about_settings
        if not about_settings and not any(descendants(node.body, cst.If, cst.Match)):
            return
        answers = about_settings and not through and _answers(node)
        heard = _ANY if about_settings else _MAY_ASK
        follower = _Follower(self.drafts, names if through else frozenset(), heard, answers)
        end = follower.function(node)
        if end is None or len(follower.steps) > MOST_STEPS:
            return
        drafts, steps, path = list(follower.asks.values()), tuple(follower.steps), self.walk.path

        def build(*places: object) -> Ways:
            given = iter(places)
            asks = [draft.build(*itertools.islice(given, len(draft.nodes))) for draft in drafts]
            return Ways(symbol, steps, end, tuple(asks), path, answers)

        self.walk.emit(build, *(each for draft in drafts for each in draft.nodes))


@dataclass
class _Follower:
    """Follows the statements of one function. A state is the number of the step that led there; None: nobody comes."""

    drafts: dict[int, Draft]
    through: frozenset[str]  # names by whose call the caller gets on; none: by returning
    heard: re.Pattern[str]  # which calls lie on a way, by their last names
    answers: bool = False  # it is asked, and who gets True gets on
    steps: list[Step] = field(default_factory=list)
    asks: dict[int, Draft] = field(default_factory=dict)
    exits: list[int] = field(default_factory=list)
    jumps: list[int] = field(default_factory=list)  # out of the loop around
    verifies: bool = False  # nobody gets on to whom it gives nothing

    def function(self, node: cst.FunctionDef) -> int | None:
        """The step that stands for every way on which the caller gets on; None where there is none."""
        self.verifies = node.name.value in _VERIFYING
        last = self._block(node.body, self._step(Step()))
        if last is not None and not (self.through or self.verifies or self.answers):
            self.exits.append(last)
        return self._either(self.exits)

    def _step(self, step: Step) -> int:
        self.steps.append(step)
        return len(self.steps) - 1

    def _both(self, one: int | None, other: int | None) -> int | None:
        return self._step(Step(parts=(one, other))) if one is not None and other is not None else None

    def _either(self, states: Sequence[int | None]) -> int | None:
        found = tuple(dict.fromkeys(each for each in states if each is not None))
        return found[0] if len(found) == 1 else self._step(Step(parts=found, either=True)) if found else None

    def _block(self, block: cst.BaseSuite, state: int | None) -> int | None:
        for statement in block.body:
            if state is None or len(self.steps) > MOST_STEPS:
                return state
            state = self._statement(statement, state)
        return state

    def _statement(self, node: cst.CSTNode, state: int) -> int | None:
        match node:
            case cst.SimpleStatementLine(body=smalls):
                for small in smalls:
                    if (after := self._small(small, state)) is None:
                        return None
                    state = after
                return state
            case cst.If(test=test, body=body, orelse=orelse):
                met = self._block(body, self._both(state, self._test(test, met=True)))
                return self._either([met, self._otherwise(orelse, self._both(state, self._test(test, met=False)))])
            case cst.For(body=body, orelse=orelse) | cst.While(body=body, orelse=orelse):
                return self._loop(body, orelse, state)
            case cst.With(body=body):
                return self._block(body, state)
            case cst.Try() | cst.TryStar():
                return self._try(node, state)
            case cst.Match(subject=subject, cases=cases):
                told = self._both(state, self._test(subject, met=True))
                rest = None if any(map(_takes_all, cases)) else told
                return self._either([rest, *(self._block(each.body, told) for each in cases)])
        return state

    def _otherwise(self, orelse: cst.If | cst.Else | None, state: int | None) -> int | None:
        if orelse is None or state is None:
            return state
        return self._statement(orelse, state) if isinstance(orelse, cst.If) else self._block(orelse.body, state)

    def _loop(self, body: cst.BaseSuite, orelse: cst.Else | None, state: int) -> int | None:
        """A loop is taken to run: `for role in user.roles` asks each of them."""
        around, self.jumps = self.jumps, []
        after = self._block(body, state)
        inside, self.jumps = self.jumps, around
        ended = self._either([after, *inside])
        return self._otherwise(orelse, ended if ended is not None else state)

    def _try(self, node: cst.Try | cst.TryStar, state: int) -> int | None:
        tried = self._otherwise(node.orelse, self._block(node.body, state))
        after = self._either([tried, *(self._block(each.body, state) for each in node.handlers)])
        return self._block(node.finalbody.body, after) if node.finalbody is not None else after

    def _small(self, node: cst.BaseSmallStatement, state: int) -> int | None:
        calls = list(descendants(node, cst.Call))
        if isinstance(node, cst.Assert):
            return self._both(state, self._test(node.test, met=True))
        if isinstance(node, cst.Raise) or any(_last(call.func) in _ENDS for call in calls):
            return None
        names = tuple(dict.fromkeys(name for call in calls if self.heard.search(name := _last(call.func))))
        if names:
            state = self._step(Step(parts=(state, self._step(Step(calls=names)))))
        if self.answers and isinstance(node, cst.Return):
            said = self._both(state, self._test(node.value, met=True)) if node.value is not None else None
            self.exits += [said] if said is not None else []
        elif self._gets_on(node, calls):
            self.exits.append(state)
        if isinstance(node, cst.Break | cst.Continue):
            self.jumps.append(state)
        return None if isinstance(node, cst.Return | cst.Break | cst.Continue) else state

    def _gets_on(self, node: cst.BaseSmallStatement, calls: list[cst.Call]) -> bool:
        if self.through:
            return any(dotted_name(call.func) in self.through for call in calls)
        if isinstance(node, cst.Return):
            return not (_refuses(node) or (self.verifies and _gives_nothing(node)))
        return any(descendants(node, cst.Yield))

    def _test(self, node: cst.BaseExpression, *, met: bool) -> int | None:
        """The step that a test is which came out like that; None where it never does."""
        match node:
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                return self._test(inner, met=not met)
            case cst.BooleanOperation(left=left, operator=operator, right=right):
                if isinstance(operator, cst.And) is met:
                    return self._both(self._test(left, met=met), self._test(right, met=met))
                passed = self._both(self._test(left, met=not met), self._test(right, met=met))
                return self._either([self._test(left, met=met), passed])
            case cst.Name(value="True" | "False" as word):
                return self._step(Step()) if (word == "True") is met else None
            case _ if (held := _whether_there(node)) is not None:
                inner, is_there = held
                return self._ask(node, inner, met=is_there is met)
            case cst.Comparison(comparisons=[cst.ComparisonTarget(operator=cst.NotEqual() | cst.NotIn())]):
                return self._ask(node, node, met=not met)
        return self._ask(node, node, met=met)

    def _ask(self, node: cst.BaseExpression, inner: cst.BaseExpression, *, met: bool) -> int:
        draft = self.drafts.get(id(node))
        if draft is None:
            return self._step(Step())
        self.asks.setdefault(id(node), draft)
        presence = isinstance(inner, cst.Name)
        return self._step(Step(ask=list(self.asks).index(id(node)), met=met, presence=presence))


def _parts(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            yield from _parts(inner)
        case cst.BooleanOperation(left=left, right=right):
            yield from _parts(left)
            yield from _parts(right)
        case _:
            yield test


def _whether_there(node: cst.BaseExpression) -> tuple[cst.BaseExpression, bool] | None:
    """`x is None`, `x is not None`: what may be there, and whether the test says that it is."""
    match node:
        case cst.Comparison(
            left=left,
            comparisons=[
                cst.ComparisonTarget(operator=cst.Is() | cst.IsNot() as operator, comparator=cst.Name(value="None"))
            ],
        ):
            return left, isinstance(operator, cst.IsNot)
    return None


def _takes_all(case: cst.MatchCase) -> bool:
    """`case _:`, `case other:`."""
    return case.guard is None and isinstance(case.pattern, cst.MatchAs) and case.pattern.pattern is None


def _answers(node: cst.FunctionDef) -> bool:
    """Whether a function returns nothing but True, False, and what tests come to."""
    given = [each.value for each in descendants(node.body, cst.Return)]
    return bool(given) and all(_is_answer(each) for each in given)


def _is_answer(node: cst.BaseExpression | None) -> bool:
    match node:
        case cst.Name(value="True" | "False") | cst.Comparison() | cst.BooleanOperation():
            return True
        case cst.UnaryOperation(operator=cst.Not()):
            return True
        case cst.Call(func=func):
            return _last(func) in ("compare_digest", "bool")
    return False


def _gives_nothing(node: cst.Return) -> bool:
    match node.value:
        case None | cst.Name(value="None" | "False"):
            return True
    return False


def _refuses(node: cst.Return) -> bool:
    """`return jsonify(error="no"), 403`, `return JSONResponse(..., status_code=401)`, `return redirect(...)`."""
    match node.value:
        case cst.Tuple(elements=[_, second, *_]) if status_from(second.value) is not None:
            return True
    calls = list(descendants(node, cst.Call))
    return any(status_of(call) is not None or _last(call.func) in _SENDS_ON or _says_status(call) for call in calls)


def _says_status(call: cst.Call) -> bool:
    return any(status_from(each.value) is not None for each in call.args)


def _last(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""
