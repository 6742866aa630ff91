"""The guard that a Django app already has: a decorator, a mixin or a permission class, by the kind of view."""

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

from transforms.concepts import GuardUse, How, Place, Route, Router, Says
from transforms.edit_kinds import ImportOf
from transforms.frameworks.django_library import BY_ITSELF
from transforms.narrowness import fitting
from transforms.permitting import answer, defaults
from transforms.reuse import Guard, in_one_program, inside_module, most_used
from transforms.shapes import is_admin_like

if TYPE_CHECKING:
    from transforms.app import App


class Form(Enum):
    """How a view is written, and so what can stand before it."""

    FUNCTION = "function"
    CLASS = "class"
    API = "api"
    NONE = "none"  # a library's


LOGIN_REQUIRED = Guard("django.contrib.auth.decorators", "login_required", own=True)
LOGIN_MIXIN = Guard("django.contrib.auth.mixins", "LoginRequiredMixin", own=True)
IS_AUTHENTICATED = Guard("rest_framework.permissions", "IsAuthenticated", own=True)
USUAL = {Form.FUNCTION: LOGIN_REQUIRED, Form.CLASS: LOGIN_MIXIN, Form.API: IS_AUTHENTICATED}
USER = "django.contrib.auth.get_user"
WSGI = "django.core.wsgi.get_wsgi_application()"
LOGIN_URL, USUAL_LOGIN = "LOGIN_URL", "/accounts/login"
_METHODS = ("GET", "POST", "DELETE")
_SESSIONS = ("django.contrib.auth.urls", "allauth.urls", "allauth.account.urls", "django.contrib.auth.login")


def form_of(app: "App", route: Route) -> Form:
    """How the view of a route is written."""
    if route.framework == "django_rest":
        return Form.API if _class_of(app, route) or route.handler in app.functions else Form.NONE
    if _class_of(app, route):
        return Form.CLASS
    return Form.FUNCTION if route.handler in app.functions else Form.NONE


def class_of(app: "App", route: Route) -> str:
    """The class that serves a route; "" for a function."""
    return _class_of(app, route)


def entry_point(app: "App", site: Router) -> str | None:
    """The symbol of the WSGI application that serves a site."""
    start = app.starts_in(site.file)
    made = (symbol for symbol, reference in app.instances.items() if reference == WSGI)
    found = sorted(symbol for symbol in made if app.starts_in(app.file_of(symbol)) == start)
    return found[0] if found else None


def own_guard(app: "App", route: Route) -> Guard | None:
    """The app's own guard for a route: the one most used on views of its form and kind, else the usual of its login."""
    form = form_of(app, route)
    if form is Form.NONE:
        return None
    others = [other for other in app.routes if form_of(app, other) is form]
    admin = is_admin_like(route)
    alike = Counter(symbol for other in others if is_admin_like(other) == admin for symbol in _guards_of(app, other))
    used = Counter(symbol for other in others if not is_admin_like(other) for symbol in _guards_of(app, other))
    candidates = [*most_used(alike), *most_used(used)]
    fits = fitting(app, route, used, alike if admin else ())
    candidates = [symbol for symbol in candidates if fits(symbol)]
    if not admin and form is Form.API and (IS_AUTHENTICATED.symbol in candidates or _usually(app, route)):
        return IS_AUTHENTICATED
    for symbol in candidates:
        if (found := _importable(app, symbol)) is not None and _fits(app, symbol, route):
            return found
    if form is Form.API and has_own_guard(app, route):
        return USUAL[form]
    return USUAL[form] if keeps_sessions(app) else None


def _usually(app: "App", route: Route) -> bool:
    """Whether a login, and no more, is what the settings ask for."""
    return any(each.groups == ((IS_AUTHENTICATED.symbol,),) for each in defaults(app, route))


def reuse_steps(app: "App", route: Route, guard: Guard) -> tuple[str, ...]:
    """Where a guard of Django's own leads strangers, if the site has no page there."""
    site = app.routers.get(route.app)
    if site is None or guard not in (LOGIN_REQUIRED, LOGIN_MIXIN) or any(e.name == LOGIN_URL for e in app.settings):
        return ()
    if any((each.path or "").rstrip("/") == USUAL_LOGIN for each in app.routes):
        return ()
    pages = sorted({each.path for each in app.routes if each.signs_in and each.path is not None})
    named = f' = "{pages[0]}"' if len(pages) == 1 else ""
    return (
        f"Set {LOGIN_URL}{named} in {site.file}: strangers are led to {USUAL_LOGIN}/, where this site has no page.",
    )


def known_to(_app: "App", guard: Guard) -> tuple[str, str] | None:
    """How a test makes somebody known to a guard: by what sessions would have told, for guards that ask no more."""
    return ("django", "django.contrib.auth.get_user") if guard in USUAL.values() else None


def has_own_guard(app: "App", route: Route) -> bool:
    """Whether the app has a way of its own to sign in: somebody is asked who he is, or can say it."""
    beside = [other for other in app.routes if _together(app, other, route)]
    if any(other.signs_in for other in beside) or keeps_sessions(app):
        return True
    guards = (use for other in beside for use in other.guards if use.target not in BY_ITSELF)
    return any(app.judge.guard(use).is_guard for use in guards)


def _together(app: "App", one: Route, other: Route) -> bool:
    return one.app == other.app or app.starts_in(one.file) == app.starts_in(other.file)


def _class_of(app: "App", route: Route) -> str:
    for symbol in (route.shown, route.shown.rpartition(".")[0], route.handler.rpartition(".")[0]):
        if symbol in app.classes:
            return symbol
    return ""


def keeps_sessions(app: "App") -> bool:
    """Whether people sign in with a session, for which `login_required` looks."""
    included = (each.child for facts in app.files.values() for each in facts.includes)
    called = (call for function in app.functions.values() for call in function.calls)
    viewed = (route.handler for route in app.routes)
    classes = (base for each in app.classes.values() for base in each.bases)
    if any(each.removesuffix(".urlpatterns") in _SESSIONS for each in (*included, *called)):
        return True
    return any(each == "django.contrib.auth.views.LoginView" for each in (*viewed, *classes))


def _guards_of(app: "App", other: Route) -> Iterator[str]:
    """The guards of a view that can be written at another as they are."""
    for use in other.guards:
        if use.how is How.DECORATOR and app.judge.guard(use).is_guard:
            yield from _reusable(app, use)


def _reusable(app: "App", use: GuardUse) -> Iterator[str]:
    if use.asked:
        predicates = [each for each in use.predicates if not each.startswith("~")]
        if len(use.predicates) == 1 and predicates and _refuses_always(app, predicates[0]):
            yield predicates[0]
    elif use.predicates:
        return  # made for one view
    elif use.code.startswith("@"):
        if "(" not in use.code or use.target == LOGIN_REQUIRED.symbol:
            yield use.symbol
    elif use.target in app.functions:
        yield use.target.rpartition(".")[0]
    else:
        yield use.target


def _refuses_always(app: "App", predicate: str) -> bool:
    return all(answer(app, predicate, (method, "")) is Says.NO for method in _METHODS)


def _importable(app: "App", symbol: str) -> Guard | None:
    module = app.module_of(symbol)
    if module is None:
        head, _, name = symbol.rpartition(".")
        return Guard(head, name, own=True) if head else None
    return None if "." in inside_module(app, symbol) else Guard(module, inside_module(app, symbol), own=True)


def _fits(app: "App", symbol: str, route: Route) -> bool:
    return app.module_of(symbol) is None or in_one_program(app, symbol, route)


def import_of(app: "App", guard: Guard, path: str, place: Place) -> tuple[ImportOf, ...] | None:
    """What must be imported for a guard's name to stand at a place; None where that cannot work."""
    facts = app.files.get(path)
    if facts is None:
        return None
    if facts.module == guard.module:
        known = app.functions.get(guard.symbol) or app.classes.get(guard.symbol)
        return () if known is not None and known.place.end_line < place.line else None
    guarding = app.modules.get(guard.module)
    if guarding is not None and app.reaches(guarding.path, path):
        return None
    return (ImportOf(guard.module, guard.name),)
