"""How a Gradio app is closed to strangers: by the app's own guard where it is mounted in FastAPI; else by a person.

`launch(auth=...)` wants users and passwords of its own, a second way to sign in beside the organisation's: no patch
adds it.
"""

from collections import Counter
from typing import TYPE_CHECKING

from transforms.concepts import Function, Include, Route
from transforms.edit_kinds import AddKeywordArgument, Edit, ImportOf
from transforms.reuse import Guard, Sparing, in_one_program, inside_module, most_used

if TYPE_CHECKING:
    from transforms.app import App

_REQUESTS = frozenset({"Request", "HTTPConnection"})
LAUNCHED = (
    "Anybody can open this Gradio app. Mount it in FastAPI instead of launching it:"
    " gr.mount_gradio_app(app, demo, path=..., auth_dependency=current_user), with a function that takes the request"
    " and gives the signed-in user or None; launch(auth=...) only with users from the secret store"
)
MOUNTED = (
    "Anybody can open this Gradio app: dependencies of the app around it do not reach it. Give mount_gradio_app an"
    " auth_dependency, a function that takes the request and gives the signed-in user or None"
)


def own_guard(app: "App", route: Route) -> Guard | None:
    """A guard of the app that takes the request and nothing else, as `auth_dependency` does; the most used first."""
    used = Counter(use.symbol for other in app.routes for use in other.guards if _keeps_out(app, use.symbol))
    for symbol in most_used(used):
        module = app.module_of(symbol)
        if module is not None and in_one_program(app, symbol, route):
            return Guard(module, symbol.removeprefix(f"{module}."), own=True)
    return None


def has_own_guard(app: "App", _route: Route) -> bool:
    """Whether any route keeps strangers out, by whatever."""
    return any(app.access(other).is_guarded for other in app.routes if other.framework != "gradio")


def guard_route(app: "App", route: Route, guard: Guard, _spare: Sparing) -> tuple[Edit, ...] | None:
    """`auth_dependency=guard` where the app is mounted; it stands before the page and all its handlers."""
    mount = _mount(app, route)
    if mount is None or not guard.own or not _keeps_out(app, guard.symbol):
        return None
    facts = app.files[mount.file]
    if facts.module == guard.module or dict(facts.imports).get(guard.name) == guard.symbol:
        imports: tuple[ImportOf, ...] = ()
        function = app.functions[guard.symbol]
        if facts.module == guard.module and function.place.end_line >= mount.place.line:
            return None
    else:
        guarding = app.modules.get(guard.module)
        if guard.name in dict(facts.imports) or guarding is None or app.reaches(guarding.path, mount.file):
            return None
        imports = (ImportOf(guard.module, guard.name),)
    return (AddKeywordArgument(mount.file, mount.place, "auth_dependency", guard.name, imports),)


def advice(app: "App", route: Route) -> str:
    """What a person has to do where no patch is made."""
    return MOUNTED if _mount(app, route) is not None else LAUNCHED


def _mount(app: "App", route: Route) -> Include | None:
    """The one call that mounts the app."""
    mounts = [each for each in app.hanging.includes_of(route.router) if each.mounted]
    return mounts[0] if len(mounts) == 1 else None


def _keeps_out(app: "App", symbol: str) -> bool:
    function = app.functions.get(symbol)
    if function is None or "." in inside_module(app, symbol) or not _takes_the_request(function):
        return False
    return app.judge.dependency(symbol).is_guard


def _takes_the_request(function: Function) -> bool:
    """Whether it can be called with a request alone, by somebody who resolves no dependencies."""
    if function.is_async or len(function.parameters) != 1 or function.guards:
        return False
    return (function.parameters[0].reference or "").rpartition(".")[2] in _REQUESTS
