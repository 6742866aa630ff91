"""What stands in front of views, joined: decorators, mixins and their methods, and who is exempt from middleware."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from transforms.concepts import GuardUse, How, Place
from transforms.frameworks.django_library import tail
from transforms.frameworks.django_lines import behind_the_view
from transforms.known_guards import Known, looks_like_access_control, verdict_of_library

if TYPE_CHECKING:
    from transforms.app import App

LOGIN_FOR_ALL = "django.contrib.auth.middleware.LoginRequiredMiddleware"
EXEMPT = "django.contrib.auth.decorators.login_not_required"
# The same of the inserted module.
FOR_ALL, OPEN, OPEN_CLASS = "UserRequiredMiddleware", "open_to_everybody", "login_required"
# Methods that run before the one that answers.
_BEFORE = ("dispatch", "initial", "check_permissions", "setup")


def function_guards(app: "App", symbol: str) -> list[GuardUse]:
    """The decorators of a function."""
    return [resolved(app, use, path) for use, path in app.guarded.get(symbol, ())]


def class_guards(app: "App", symbol: str, method: str) -> list[GuardUse]:
    """What runs before a method of a class: decorators, mixins, `dispatch` and the like."""
    found: list[GuardUse] = []
    never_asked = behind_the_view(app, symbol)
    for each in app.ancestors(symbol):
        if each in never_asked:
            found += function_guards(app, f"{each}.{method}")
        elif each in app.classes:
            for name in (each, f"{each}.dispatch", f"{each}.{method}"):
                found += function_guards(app, name)
            found += _methods_before(app, each)
        elif verdict_of_library(each) is Known.AUTHENTICATES or _may_guard(each):
            found.append(_mixin(app, symbol, each))
    return found


def in_front(app: "App", guards: tuple[GuardUse, ...], *, exempt: bool) -> tuple[GuardUse, ...]:
    """The guards that count: `exempt` views, and those that say so, are let through by the login for all."""
    freed = exempt or any(is_exempting(app, use) for use in guards)
    return tuple(
        use
        for use in guards
        if not (freed and (is_for_all(app, use) or is_exempting(app, use)))
        and (use.predicates or verdict_of_library(use.target) is not Known.HARMLESS)
    )


def is_for_all(app: "App", use: GuardUse) -> bool:
    """Whether a guard is the login for all views of a site: Django's own, or the one that came with a patch."""
    return use.target == LOGIN_FOR_ALL or _came_with_a_patch(app, use.target, FOR_ALL)


def is_exempting(app: "App", use: GuardUse) -> bool:
    """Whether a decorator says that the login for all lets a view be."""
    return use.target == EXEMPT or _came_with_a_patch(app, use.target, OPEN)


def says_open(app: "App", symbol: str) -> bool:
    """Whether a class says `login_required = False`: it is for everybody in front of whom the inserted login stands."""
    return any(OPEN_CLASS in app.classes[each].members for each in app.ancestors(symbol) if each in app.classes)


def _came_with_a_patch(app: "App", target: str, name: str) -> bool:
    facts = app.files.get(app.file_of(target)) if tail(target) == name else None
    return facts is not None and facts.inserted is not None and facts.inserted[0] == "auth"


def resolved(app: "App", use: GuardUse, path: str) -> GuardUse:
    """A guard as the file at `path` means it."""
    symbol = app.resolve(use.target, path)
    predicates = tuple(app.meaning(each, path) if each else "" for each in use.predicates)
    return replace(use, target=app.meaning(use.target, path), symbol=symbol, predicates=predicates, file=path)


def _may_guard(reference: str) -> bool:
    """A mixin of an unknown library that is called like a guard."""
    return verdict_of_library(reference) is None and "Mixin" in tail(reference) and looks_like_access_control(reference)


def _mixin(app: "App", symbol: str, reference: str) -> GuardUse:
    where = app.classes[symbol]
    test = app.method(symbol, "test_func") if tail(reference) == "UserPassesTestMixin" else None
    predicates = (test.symbol,) if test is not None else ()
    return GuardUse(
        reference, How.DECORATOR, _first_line(where.place), code=tail(reference), file=where.file, symbol=reference,
        predicates=predicates,
    )  # fmt: skip


def _methods_before(app: "App", symbol: str) -> Iterator[GuardUse]:
    for name in _BEFORE:
        function = app.functions.get(f"{symbol}.{name}")
        if function is not None:
            yield GuardUse(
                function.symbol, How.DECORATOR, function.place, code=name, file=function.file, symbol=function.symbol
            )


def _first_line(place: Place) -> Place:
    return Place(place.line, place.column, place.line, place.column)
