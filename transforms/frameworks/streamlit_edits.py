"""How a Streamlit script is closed to strangers: a condition behind `st.set_page_config`, before anything is shown.

An app with a sign-in of its own is closed by that: the function that other pages call, or the key of the session that
they look at. One without any gets Streamlit's own sign-in, `st.login`.
"""

from collections import Counter
from typing import TYPE_CHECKING

from transforms.concepts import Function, GuardUse, Place, Route
from transforms.edit_kinds import AddLines, Edit, ImportOf, InsertStatements, Position
from transforms.edits import require_package
from transforms.reuse import Guard, Sparing, in_one_program, most_used

if TYPE_CHECKING:
    from transforms.app import App

PAGES = "<pages>"  # the router of what `st.navigation` offers
_USER = "streamlit.user.is_logged_in"
_KEY = "streamlit.session_state["
SECRETS = (
    "# Sign-in by st.login: copy this to secrets.toml, which stays out of git, or let the platform mount it.\n[auth]",
    "# where the identity provider sends people back to\nredirect_uri = \"http://localhost:8501/oauth2callback\"",
    "# a long random value that signs the session's cookie\ncookie_secret = \"\"",
    "client_id = \"\"",
    "client_secret = \"\"",
    "# the discovery document of the identity provider\nserver_metadata_url = \"\"",
)  # fmt: skip
STEPS = (
    "Provide .streamlit/secrets.toml with [auth] where the app runs (see secrets.toml.example): its secrets come from"
    " the secret store, never from git. Until then nobody gets in.",
    "It needs Streamlit 1.45 or newer.",
)


def setup_steps(_app: "App", _route: Route) -> tuple[str, ...]:
    """What `st.login` needs."""
    return STEPS


def own_guard(app: "App", route: Route) -> Guard | None:
    """What other pages of the app ask of a visitor, the most used first."""
    used = Counter(use.symbol for other in app.routes for use in _guards_of(app, other))
    for symbol in most_used(used):
        guard = _as_guard(app, symbol)
        if guard is not None and (guard.module == "streamlit" or in_one_program(app, symbol.removesuffix("()"), route)):
            return guard
    return None


def has_own_guard(app: "App", _route: Route) -> bool:
    """Whether any page has a sign-in, fit for reuse or not."""
    return any(True for other in app.routes for _ in _guards_of(app, other))


def guard_route(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """The condition goes into the script that shows the page; for pages of `st.navigation` where they are offered."""
    script = _script_to_guard(app, route, spare)
    entry = _guarded_from(app, script) if script is not None else None
    if script is None or entry is None:
        return None
    spelled = _spelled(app, script, guard)
    if spelled is None:
        return None
    code, imports = spelled
    edits: tuple[Edit, ...] = (InsertStatements(script, entry, Position.BEFORE, code, imports),)
    return edits if guard.own else (*edits, *_provisions(app, script))


def _guards_of(app: "App", other: Route) -> list[GuardUse]:
    if other.framework != "streamlit":
        return []
    return [use for use in other.guards if app.judge.guard(use).is_guard]


def _as_guard(app: "App", symbol: str) -> Guard | None:
    """A guard that can be written elsewhere: a function that needs nothing, a key of the session, `st.user`."""
    if symbol == _USER or symbol.startswith(_KEY):
        return Guard("streamlit", symbol.removeprefix("streamlit."), own=True)
    function, module = app.functions.get(symbol.removesuffix("()")), app.module_of(symbol.removesuffix("()"))
    if function is None or module is None or "." in function.symbol.removeprefix(f"{module}."):
        return None
    needed = any(parameter.default is None for parameter in function.parameters)
    return None if needed or _is_script(app, function) else Guard(module, symbol.removeprefix(f"{module}."), own=True)


def _is_script(app: "App", function: Function) -> bool:
    """Whether importing a function's file would show a page."""
    return any(route.file == function.file and route.framework == "streamlit" for route in app.routes)


def _script_to_guard(app: "App", route: Route, spare: Sparing) -> str | None:
    if not route.router.endswith(PAGES):
        return route.registered_in or route.file
    together = [each for each in app.routes if each.router == route.router]
    if all(not app.publicity(each).is_public and not spare(each) for each in together):
        return route.registered_in or route.file
    function = app.functions.get(route.handler)  # a page to sign in on is among them: each script for itself
    return function.file if function is not None and function.script else None


def _guarded_from(app: "App", script: str) -> Place | None:
    """The statement before which a condition goes."""
    facts = app.files[script]
    own = (each.entry for each in facts.routes if each.handler == facts.module and each.framework == "streamlit")
    return next(own, None)


def _spelled(app: "App", script: str, guard: Guard) -> tuple[str, tuple[ImportOf, ...]] | None:
    facts = app.files[script]
    st = next((local for local, target in facts.imports if target == "streamlit"), None)
    if st is None:
        return None
    if not guard.own or guard.symbol == _USER:
        return f'if not {st}.user.get("is_logged_in"):\n    {st}.login()\n    {st}.stop()', ()
    if guard.symbol.startswith(_KEY):
        key = guard.symbol.removeprefix(_KEY).removesuffix("]")
        asked = f'{st}.session_state.get("{key}")'
        return f'if not {asked}:\n    {st}.error("Please sign in first.")\n    {st}.stop()', ()
    name = guard.name.removesuffix("()")
    code = f"if not {name}():\n    {st}.stop()" if guard.name.endswith("()") else f"{name}()"
    if dict(facts.imports).get(name) == f"{guard.module}.{name}":
        return code, ()
    taken = name in dict(facts.imports) or f"{facts.module}.{name}" in app.functions
    guarding = app.modules.get(guard.module)
    if taken or guarding is None or app.reaches(guarding.path, script):
        return None
    return code, (ImportOf(guard.module, name),)


def _provisions(app: "App", script: str) -> tuple[Edit, ...]:
    """What `st.login` needs beside the code: the settings by name, a library, and the real settings out of git."""
    folder = next((path.rpartition(".streamlit/")[0] for path in sorted(app.paths) if ".streamlit/" in path), None)
    if folder is None:
        above, inside, _ = script.rpartition("pages/")
        root = above.rstrip("/") if inside else app.starts_in(script)
        folder = f"{root}/" if root else ""
    return (
        AddLines(f"{folder}.streamlit/secrets.toml.example", SECRETS),
        AddLines(".gitignore", (".streamlit/secrets.toml",)),
        *require_package(app, "Authlib", ">=1.3.2,<2", script),
    )
