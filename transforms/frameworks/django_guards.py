"""What stands in front of a Django view: decorators of functions and classes, and wrappers in `urlpatterns`."""

import dataclasses
from collections.abc import Iterable, Iterator

import libcst as cst

from transforms.concepts import GuardUse, How, Place, Predicate
from transforms.frameworks.django_predicates import lambda_predicate
from transforms.frameworks.python_conditions import answered
from transforms.frameworks.python_references import module_value, reference
from transforms.walk import Walk, argument, string_value

_TESTS = "django.contrib.auth.decorators.user_passes_test"


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """A guard whose place is not known yet."""

    node: cst.BaseExpression
    target: str
    how: How
    code: str
    predicates: tuple[str, ...] = ()

    def at(self, place: Place) -> GuardUse:
        """The guard, once the walk says where its expression stands."""
        return GuardUse(self.target, self.how, place, code=self.code, predicates=self.predicates)


def drafts_at(drafts: Iterable[Draft], places: Iterable[Place]) -> tuple[GuardUse, ...]:
    """The guards of drafts and their places, in order."""
    return tuple(draft.at(place) for draft, place in zip(drafts, places, strict=True))


def decorator_draft(walk: Walk, node: cst.BaseExpression) -> Draft | None:
    """The guard that a decorator of a function may be."""
    called = node.func if isinstance(node, cst.Call) else node
    target = reference(walk, called)
    if target is None or ".mapping." in target:  # one more method of an action
        return None
    predicates = _tests(walk, node) if target == _TESTS and isinstance(node, cst.Call) else ()
    return Draft(node, target, How.DECORATOR, f"@{walk.code(node, 200)}", predicates)


def wrapper_draft(walk: Walk, node: cst.Call) -> Draft | None:
    """The guard that `login_required(view)` or `user_passes_test(is_staff)(view)` puts around a view."""
    return decorator_draft(walk, node.func)


def class_drafts(walk: Walk, node: cst.ClassDef) -> Iterator[tuple[str, Draft]]:
    """The guards that `@method_decorator(login_required, name="dispatch")` hangs on methods of a class."""
    for decorator in node.decorators:
        if isinstance(decorator.decorator, cst.Call) and _is_method_decorator(walk, decorator.decorator):
            name = string_value(argument(decorator.decorator, "name", 1) or cst.Name("dispatch")) or "dispatch"
            yield from ((name, draft) for draft in _inside(walk, decorator.decorator))


def function_drafts(walk: Walk, node: cst.FunctionDef) -> Iterator[Draft]:
    """The guards that decorate a function or a method."""
    for decorator in node.decorators:
        inner = decorator.decorator
        if isinstance(inner, cst.Call) and _is_method_decorator(walk, inner):
            yield from _inside(walk, inner)
        elif (draft := decorator_draft(walk, inner)) is not None:
            yield draft


def _is_method_decorator(walk: Walk, node: cst.Call) -> bool:
    return (walk.resolve(node.func) or "").rpartition(".")[2] == "method_decorator"


def _inside(walk: Walk, call: cst.Call) -> Iterator[Draft]:
    wanted = argument(call, "decorator", 0)
    if isinstance(wanted, cst.Name) and isinstance(kept := module_value(walk, wanted.value), cst.List | cst.Tuple):
        wanted = kept
    listed = [each.value for each in wanted.elements] if isinstance(wanted, cst.List | cst.Tuple) else [wanted]
    for each in listed:
        if each is not None and (draft := decorator_draft(walk, each)) is not None:
            yield draft


def _tests(walk: Walk, call: cst.Call) -> tuple[str, ...]:
    """The predicate of `user_passes_test(...)`: a function, or a lambda, which is left as a fact of its own."""
    test = argument(call, "test_func", 0)
    if isinstance(test, cst.Lambda):
        symbol = f"{walk.symbol}.<lambda {walk.code(test, 80)}>"
        found: Predicate = lambda_predicate(walk, symbol, test)
        walk.emit(lambda: found)
        answered(walk, symbol, test.body)
        return (symbol,)
    target = reference(walk, test) if test is not None else None
    return (target,) if target else ("",)
