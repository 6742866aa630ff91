"""What functions ask before they go on, and where they send people afterwards.

Whether a function lets only owners or administrators pass is a question about its conditions: what they compare, where
the two sides come from, and how a branch refuses. Nothing is decided here; `roles` and controls read these facts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_data import Condition, Onward, Pair
from transforms.frameworks.python import without_strings
from transforms.frameworks.python_always_set import AlwaysSet
from transforms.frameworks.python_announced import TOKENS, matters
from transforms.frameworks.python_blank import Blanks
from transforms.frameworks.python_origins import Origins
from transforms.frameworks.python_references import reference
from transforms.frameworks.python_statuses import status_from, status_of
from transforms.frameworks.python_stored_rows import StoredRows
from transforms.frameworks.python_ways import Draft, Noted
from transforms.setting_words import compares_setting
from transforms.walk import Handlers, Walk, argument, descendants, dotted_name, string_value

__all__ = ["NAME", "TOKENS", "answered", "leaves", "matters", "read"]

NAME = "python-conditions"

MOST_CALLS = 8  # of one condition's branches
# Literals that name a role when they are compared: no other text of a comparison is kept.
_ROLE = re.compile(
    r"(?:super|system|sys|site|org|tenant|platform|company)?[-_ :]?(?:admin(?:istrator)?s?|super_?user|owner|root|"
    r"staff|manager|moderator|editor|operator|supervisor)|role_\w+|\w+:(?:admin|write|manage|delete)",
    re.IGNORECASE,
)
_KIND_OF_TOKEN = re.compile(
    r"(?:access|refresh|reset|password_reset|verify|verification|email|bearer|jwt|id|invite|magic)(?:[-_]?tokens?)?",
    re.IGNORECASE,
)
_COMPARES_SAFELY = frozenset({"compare_digest", "check_password_hash", "checkpw"})
_ANSWERS = re.compile(
    r"^(?:any|all|bool|exists)$|(?:^|_)(?:is|has|can|may|check|allow\w*|permit\w*)_|^(?:can|allows|has)$"
)
_SENDS_ON = frozenset({"redirect", "RedirectResponse", "HttpResponseRedirect", "url_for", "reverse", "reverse_lazy"})
_NAME_OR_PATH = re.compile(r"/?[\w.:/-]{1,80}")


def read(walk: Walk) -> Handlers:
    """Leave Condition and Onward facts."""
    reader = _Reader(walk)
    return {
        cst.Assign: reader.assigned,
        cst.AnnAssign: reader.annotated,
        cst.NamedExpr: reader.named,
        cst.For: reader.loop,
        cst.CompFor: reader.loop,
        cst.With: reader.with_,
        cst.If: reader.if_,
        cst.Assert: reader.asserted,
        cst.Match: reader.match,
        cst.Return: reader.returned,
        cst.Call: reader.call,
    }


def answered(walk: Walk, function: str, value: cst.BaseExpression) -> None:
    """Leave the Condition fact of what a lambda answers, under the symbol that it goes by."""
    asked, roles, path = Origins(walk).text(value), tuple(dict.fromkeys(_literals(value, _ROLE))), walk.path
    decided = _is_decided(value)
    walk.emit(
        lambda place: Condition(function, asked, place, roles=roles, returned=True, decided=decided, file=path), value
    )


class _Reader:
    """The handlers: names first, then what is asked of them."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.origins = Origins(walk)
        self.blanks = Blanks(walk)
        self.noted = Noted(walk, self._draft)
        self.always_set = AlwaysSet(walk, self.blanks)
        self.stored = StoredRows(walk, self.origins)

    def assigned(self, node: cst.Assign) -> None:
        for target in node.targets:
            elements = target.target.elements if isinstance(target.target, cst.Tuple) else ()
            for each in (target.target, *(element.value for element in elements)):
                self._bind(each, node.value)
        self.always_set.bound(node.targets[0].target, node.value)
        self.stored.bound(node.targets[0].target, node.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        self.always_set.bound(node.target, node.value)
        if node.value is not None:
            self._bind(node.target, node.value)
            self.stored.bound(node.target, node.value)

    def named(self, node: cst.NamedExpr) -> None:
        self._bind(node.target, node.value)

    def loop(self, node: cst.For | cst.CompFor) -> None:
        self._bind(node.target, node.iter)

    def with_(self, node: cst.With) -> None:
        for item in node.items:
            if item.asname is not None:
                self._bind(item.asname.name, item.item)

    def if_(self, node: cst.If) -> None:
        """A test, and how its branches end."""
        branches = [node.body, *([node.orelse.body] if isinstance(node.orelse, cst.Else) else [])]
        statuses = sorted({status for branch in branches for status in _statuses(branch)})
        calls = dict.fromkeys(call for branch in branches for call in self._calls(branch))
        draft = self._emit(
            node.test,
            statuses=tuple(statuses),
            calls=tuple(calls)[:MOST_CALLS],
            leaves=any(leaves(branch) for branch in branches),
        )
        self.noted.test(node.test, draft)

    def asserted(self, node: cst.Assert) -> None:
        """What nobody gets past."""
        self.noted.test(node.test, self._draft(node.test))
        self.always_set.asserted(node)

    def match(self, node: cst.Match) -> None:
        """What is matched: a kind of caller, perhaps."""
        self.noted.test(node.subject, self._draft(node.subject))

    def returned(self, node: cst.Return) -> None:
        """`return user.is_admin`, `return any(role in allowed for role in user.roles)`."""
        match node.value:
            case cst.Comparison() | cst.BooleanOperation() | cst.UnaryOperation() | cst.Attribute():
                self.noted.answer(node.value, self._emit(node.value, returned=True))
            case cst.Call(func=func) if _ANSWERS.search(_last(func)) or _last(func) in _COMPARES_SAFELY:
                self.noted.answer(node.value, self._emit(node.value, returned=True))

    def call(self, node: cst.Call) -> None:
        """`redirect(url_for("admin"))`."""
        name = _last(node.func)
        self.noted.call(name)
        self.stored.call(node, name)
        if name not in _SENDS_ON or self.walk.function is None:
            return
        target = argument(node, "endpoint", 0) or argument(node, "url") or argument(node, "to")
        text = string_value(target) if target is not None else None
        if text and _NAME_OR_PATH.fullmatch(text):
            fact = Onward(self.walk.function.symbol, text)
            self.walk.emit(lambda: fact)

    def _bind(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        if isinstance(target, cst.Name):
            self.walk.scopes[-1].names.add(target.value)
            self.origins.assign(target.value, value)
            self.blanks.assign(target.value, value)

    def _emit(
        self,
        test: cst.BaseExpression,
        *,
        statuses: tuple[int, ...] = (),
        calls: tuple[str, ...] = (),
        leaves: bool = False,
        returned: bool = False,
    ) -> Draft | None:
        draft = self._draft(test)
        if draft is not None:
            build, further = draft.build, {"statuses": statuses, "calls": calls, "leaves": leaves, "returned": returned}
            self.walk.emit(lambda *places: build(*places, **further), *draft.nodes)
        return draft

    def _draft(self, test: cst.BaseExpression) -> Draft | None:
        """What a test asks; None where that is nothing."""
        asked = self.origins.text(test)
        decided = _is_decided(test)
        if not asked and not decided:
            return None
        around = self.walk.function
        function = around.symbol if around is not None else f"{self.walk.module}.<module>"
        compared = [self._compared(*each) for each in _sides(test)]
        roles = tuple(dict.fromkeys(_literals(test, _ROLE)))
        of_tokens = any(_literals(test, _KIND_OF_TOKEN))
        path = self.walk.path

        def build(place: Place, *places: Place, **further: Any) -> Condition:
            ends = zip(places[::2], places[1::2], strict=True)
            pairs = tuple(each.at(*end) for each, end in zip(compared, ends, strict=True))
            return Condition(
                function, asked, place, pairs, roles, decided=decided, of_tokens=of_tokens, file=path, **further
            )

        about_setting = any(compares_setting(*each.origins, *each.blanks) for each in compared)
        return Draft(asked, roles, (test, *(side for each in compared for side in each.sides)), build, about_setting)

    def _compared(self, left: cst.BaseExpression, right: cst.BaseExpression, of_texts: bool) -> "_Compared":
        origins = self.origins.text(left), self.origins.text(right)
        codes = without_strings(self.walk.code(left, 200)), without_strings(self.walk.code(right, 200))
        return _Compared((left, right), origins, codes, self.blanks.of_sides(left, right, origins), of_texts)

    def _calls(self, branch: cst.CSTNode) -> Iterator[str]:
        """What a branch raises or calls: it may be what refuses."""
        for each in descendants(branch, cst.Call, cst.Raise):
            found = None
            if isinstance(each, cst.Call):
                found = reference(self.walk, each.func)
            elif isinstance(each, cst.Raise) and isinstance(each.exc, cst.Name | cst.Attribute):
                found = reference(self.walk, each.exc)
            if found is not None and ("." in found or found == "PermissionError"):
                yield found


@dataclass(frozen=True)
class _Compared:
    """A comparison in a test, whose places are not known yet; see Pair."""

    sides: tuple[cst.BaseExpression, cst.BaseExpression]
    origins: tuple[str, str]
    codes: tuple[str, str]
    blanks: tuple[str, str]
    of_texts: bool

    def at(self, left: Place, right: Place) -> Pair:
        return Pair(*self.origins, *self.codes, left, right, *self.blanks, of_texts=self.of_texts)


def _sides(test: cst.BaseExpression) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression, bool]]:
    """Both sides of every comparison in a test, and whether it is a safe one, which both have to be texts for."""
    for each in descendants(test, cst.Comparison, cst.Call):
        match each:
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(comparator=right)]):
                yield left, right, False
            case cst.Call(func=func, args=[first, second]) if _last(func) in _COMPARES_SAFELY:
                yield first.value, second.value, True


def _literals(test: cst.BaseExpression, wanted: re.Pattern[str]) -> Iterator[str]:
    for each in descendants(test, cst.SimpleString):
        text = string_value(each)
        if text and len(text) < 40 and wanted.fullmatch(text):
            yield text


def _statuses(branch: cst.CSTNode) -> Iterator[int]:
    for each in descendants(branch, cst.Call, cst.Return):
        status = None
        match each:
            case cst.Call():
                status = status_of(each)
            case cst.Return(value=cst.Tuple(elements=[_, second, *_])):
                status = status_from(second.value)
        if status is not None:
            yield status


def leaves(branch: cst.BaseSuite) -> bool:
    """Whether a branch ends the function around it: its last statement returns or raises."""
    body = branch.body
    last = body[-1] if body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1] if last.body else None
    if isinstance(last, cst.Expr) and isinstance(last.value, cst.Call):
        return _last(last.value.func) in ("abort", "stop", "exit", "switch_page")
    return isinstance(last, cst.Return | cst.Raise)


def _is_decided(test: cst.BaseExpression) -> bool:
    """`... or True`, `... and False`, `True`: what else is asked decides nothing."""
    match test:
        case cst.BooleanOperation(left=left, operator=operator, right=right):
            decisive = "True" if isinstance(operator, cst.Or) else "False"
            return any(isinstance(side, cst.Name) and side.value == decisive for side in (left, right)) or any(
                _is_decided(side)
                for side in (left, right)
                if isinstance(side, cst.BooleanOperation) and type(side.operator) is type(operator)
            )
    return False


def _last(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return (dotted_name(node) or "").rpartition(".")[2]
