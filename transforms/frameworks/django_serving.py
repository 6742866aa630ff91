"""From what `urlpatterns` and routers name to the routes that are served: one for each method and action of a class."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from transforms.concepts import UNREAD_LIST, Function, GuardUse, How, Route, Signal
from transforms.frameworks.django_effects import with_effects
from transforms.frameworks.django_library import (
    ACTIONS,
    ACTIONS_OF,
    API_VIEW,
    BY_ITSELF,
    FOR_EVERYBODY,
    METHODS_OF,
    ROW_VIEWS,
    SIGNS_IN,
    VIEWSETS,
    tail,
)
from transforms.frameworks.django_library_urls import LISTS, SILK
from transforms.frameworks.django_methods import VERBS, in_order
from transforms.frameworks.django_permissions import is_declared_open, permission_guards
from transforms.frameworks.django_rows import NEVER, row_asked
from transforms.frameworks.django_settings import SILK_SETTING
from transforms.frameworks.django_standing import class_guards, function_guards, in_front, says_open
from transforms.frameworks.django_urls import SAID_IN_URLS
from transforms.frameworks.python_methods import by_method

if TYPE_CHECKING:
    from transforms.app import App

AUTHENTICATE = "django.contrib.auth.authenticate"
LOGIN_REQUIRED = "django.contrib.auth.decorators.login_required"
_BY_SETTING = {SILK: SILK_SETTING}


def serve(app: "App", route: Route) -> list[Route]:
    """The routes behind one entry of a URL list or one registration at a router."""
    route = replace(route, path=rooted(route.path), own_path=rooted(route.own_path))
    if route.framework == "django_rest" and route.router not in app.routers:
        return []  # something else is registered somewhere else
    return [_told(app, each) for each in _served(app, route)]


def _told(app: "App", route: Route) -> Route:
    function = app.functions.get(route.handler)
    told = function is not None and Signal.CALLED_PUBLIC in function.signals
    return replace(route, called_public=told or is_declared_open(app, route, route.guards))


def _served(app: "App", route: Route) -> list[Route]:
    handler = route.handler
    owner = handler.rpartition(".")[0]
    if handler.endswith(UNREAD_LIST):
        unread = replace(route, guards=in_front(app, route.guards, exempt=False))
        return [] if _is_read(app, handler.removesuffix(UNREAD_LIST)) else [unread]
    if handler.endswith(".urls") and app.hanging.router_of(handler, route.file) is not None:
        return []  # what hangs there is served by itself
    if handler in app.functions and owner not in app.classes:
        return list(_function_view(app, route, app.functions[handler]))
    if handler in app.classes and route.methods == ("WEBSOCKET",):
        return [_consumer(app, route, handler)]
    if handler in app.classes:
        return list(_class(app, route, handler))
    if owner in app.classes:  # `as_view({"get": "export"})`
        return [_action(app, route, owner, tail(handler), route.methods[0], None)] if route.methods else []
    return list(_library_view(app, route))


def _is_read(app: "App", listed: str) -> bool:
    """Whether it is known what is in a list of URLs: the app's own, or a library's."""
    return listed in LISTS or listed in app.modules or app.is_own(listed)


def rooted(path: str | None) -> str | None:
    """A path from the root, each slash once."""
    if path is None:
        return None
    path = f"/{path}"
    while "//" in path:
        path = path.replace("//", "/")
    return path


def is_api_view(app: "App", symbol: str) -> bool:
    """Whether a class is a view of REST framework."""
    return any(API_VIEW.fullmatch(each) for each in app.ancestors(symbol) if each not in app.classes)


def is_api_function(function: Function) -> bool:
    """Whether a function is a view of REST framework."""
    return any(tail(each) == "api_view" for each in function.decorators)


def _function_view(app: "App", route: Route, function: Function) -> Iterator[Route]:
    handled = app.handled.get(function.symbol)
    methods = handled.methods if handled is not None else ("GET",)
    signs_in = AUTHENTICATE in function.calls
    guards = (*route.guards, *function_guards(app, function.symbol))
    if not is_api_function(function):
        kept = in_front(app, guards, exempt=False)
        whole = replace(route, methods=methods, guards=kept, signs_in=signs_in)
        apart = by_method(app, whole) if len(methods) > 1 else None  # one method is what the whole body is for
        yield from apart or (whole,)
        return
    for method in methods:
        asked = permission_guards(app, route, function.symbol, None, (method, ""))
        kept = (*in_front(app, guards, exempt=True), *asked)
        yield replace(route, framework="django_rest", methods=(method,), guards=kept, signs_in=signs_in)


def _class(app: "App", route: Route, symbol: str) -> Iterator[Route]:
    library = [tail(each) for each in app.ancestors(symbol) if each not in app.classes]
    if not VIEWSETS.isdisjoint(library):
        yield from _viewset(app, route, symbol, library)
    else:
        for method in _methods(app, symbol, library):
            yield _method(app, route, symbol, method)


def _consumer(app: "App", route: Route, symbol: str) -> Route:
    """A websocket of Channels: who may connect is decided where it connects."""
    names = ("connect", "websocket_connect", "receive")
    function = next((found for name in names if (found := app.method(symbol, name)) is not None), None)
    placed = _at(app, route, symbol, function)
    return replace(
        placed,
        handler=function.symbol if function is not None else f"{symbol}.connect",
        guards=in_front(app, route.guards, exempt=True),
        by_library=function is None,
        shown=symbol if function is None else f"{symbol}.{tail(function.symbol)}",
    )


def _methods(app: "App", symbol: str, library: list[str]) -> tuple[str, ...]:
    """The methods of a class-based view: its own, and those of the generic view that it is."""
    own = {verb for verb in VERBS if app.method(symbol, verb.lower()) is not None}
    given = {verb for name in library for verb in METHODS_OF.get(name, ())}
    return _allowed(app, symbol, in_order(own | given) or ("GET",))


def _allowed(app: "App", symbol: str, methods: tuple[str, ...]) -> tuple[str, ...]:
    """What `http_method_names` leaves of them."""
    named = next((app.handled[each].methods for each in app.ancestors(symbol) if each in app.handled), None)
    return tuple(each for each in methods if named is None or each in named)


def _method(app: "App", route: Route, symbol: str, method: str) -> Route:
    function = app.method(symbol, method.lower())
    api = is_api_view(app, symbol)
    exempt = api or says_open(app, symbol)
    guards = in_front(app, (*route.guards, *class_guards(app, symbol, method.lower())), exempt=exempt)
    if api:
        library = {tail(each) for each in app.ancestors(symbol) if each not in app.classes}
        row = row_asked(app, symbol, function) if ROW_VIEWS & library else NEVER
        asked = (method, "", row) if row else (method, "")
        told = any(use.code == SAID_IN_URLS for use in guards)
        classes = () if told else permission_guards(app, route, "", symbol, asked)
        guards = (*(_said_in_urls(app, use, asked) for use in guards), *classes)
    served = replace(
        _at(app, route, symbol, function),
        framework="django_rest" if api else "django",
        methods=(method,),
        handler=function.symbol if function is not None else f"{symbol}.{method.lower()}",
        guards=guards,
        by_library=function is None,
        shown=symbol if function is None else f"{symbol}.{method.lower()}",
        signs_in=_signs_in(app, symbol, function),
        shows=_shows(app, symbol),
    )
    return with_effects(app, served, symbol, method.lower())


def _viewset(app: "App", route: Route, symbol: str, library: list[str]) -> Iterator[Route]:
    given = {action for name in library for action in ACTIONS_OF.get(name, ())}
    for action, (method, on_row) in ACTIONS.items():
        if action in given or app.method(symbol, action) is not None:
            path = f"{route.path}{{pk}}/" if on_row and route.path is not None else route.path
            if _allowed(app, symbol, (method,)):
                yield _action(app, replace(route, path=path), symbol, action, method, on_row)
    for name in _extra_actions(app, symbol):
        function = app.method(symbol, name)
        handled = app.handled[function.symbol] if function is not None else None
        if handled is None or route.path is None:
            continue
        path = f"{route.path}{'{pk}/' if handled.detail else ''}{handled.path}/"
        for method in _allowed(app, symbol, handled.methods):
            yield _action(app, replace(route, path=path), symbol, name, method, handled.detail)


def _extra_actions(app: "App", symbol: str) -> list[str]:
    found: dict[str, None] = {}
    for each in app.ancestors(symbol):
        for name in app.classes[each].methods if each in app.classes else ():
            handled = app.handled.get(f"{each}.{name}")
            if handled is not None and handled.detail is not None:
                found[name] = None
    return list(found)


def _action(app: "App", route: Route, symbol: str, action: str, method: str, on_row: bool | None) -> Route:
    function = app.method(symbol, action)
    row = row_asked(app, symbol, function) if on_row else NEVER
    about = (method, action, row) if row else (method, action)
    own = function.symbol if function is not None else ""
    guards = (
        *in_front(app, (*route.guards, *class_guards(app, symbol, action)), exempt=True),
        *permission_guards(app, route, own, symbol, about),
    )
    served = replace(
        _at(app, route, symbol, function),
        framework="django_rest",
        methods=(method,),
        handler=own or f"{symbol}.{action}",
        guards=guards,
        by_library=function is None,
        shown=f"{symbol}.{action}",
        signs_in=_signs_in(app, symbol, function),
    )
    return with_effects(app, served, symbol, action)


def _at(app: "App", route: Route, symbol: str, function: Function | None) -> Route:
    """The place of a handler: the method in the class itself, else the class."""
    here = app.classes[symbol]
    own = function is not None and function.symbol.rpartition(".")[0] == symbol
    place, file = (function.place, function.file) if own and function is not None else (here.place, here.file)
    written_in = route.registered_in or route.file
    return replace(route, place=place, file=file, registered_in=written_in if written_in != file else "")


def _signs_in(app: "App", symbol: str, function: Function | None) -> bool:
    known = any(SIGNS_IN.fullmatch(each) for each in app.ancestors(symbol))
    return known or (function is not None and AUTHENTICATE in function.calls)


def _library_view(app: "App", route: Route) -> Iterator[Route]:
    """A view that an app takes from a library as it is."""
    if app.is_own(route.handler) and not route.handler.endswith(".urls"):
        yield replace(route, methods=route.methods or ("GET",))
        return
    if route.handler in BY_ITSELF:
        guard = GuardUse(route.handler, How.ROUTER, route.entry, code=tail(route.handler), file=route.file)
        yield replace(route, guards=(*in_front(app, route.guards, exempt=True), guard))
        return
    route = replace(route, guards=tuple(_as_set(app, use) for use in route.guards))
    api = API_VIEW.fullmatch(route.handler) is not None
    for method in METHODS_OF.get(tail(route.handler), route.methods or ("GET",)):
        guards = in_front(app, route.guards, exempt=api)
        if api:
            guards = (*guards, *permission_guards(app, route, "", route.handler, (method, "")))
        signs_in = SIGNS_IN.fullmatch(route.handler) is not None
        shows = FOR_EVERYBODY.get(route.handler, "")
        yield replace(route, methods=(method,), guards=guards, signs_in=signs_in, by_library=bool(shows), shows=shows)


def _said_in_urls(app: "App", use: GuardUse, asked: tuple[str, ...]) -> GuardUse:
    """A permission class that the call of the view names, asked for one method."""
    if use.code != SAID_IN_URLS:
        return use
    return replace(use, asked=asked, predicates=tuple(app.meaning(each, use.file) for each in use.predicates))


def _as_set(app: "App", use: GuardUse) -> GuardUse:
    """A guard of a library that is a login where a setting says so."""
    by = _BY_SETTING.get(use.target)
    if by is not None and any(each.name == by and each.value == "True" for each in app.settings):
        return replace(use, target=LOGIN_REQUIRED, symbol=LOGIN_REQUIRED)
    return use


def _shows(app: "App", symbol: str) -> str:
    """What a class shows to everybody alike: one of the app's own that adds nothing to the library's."""
    line = list(app.ancestors(symbol))
    adds = any(
        app.classes[each].methods or "extra_context" in app.classes[each].members
        for each in line
        if each in app.classes
    )
    return "" if adds else next((FOR_EVERYBODY[each] for each in line if each in FOR_EVERYBODY), "")
