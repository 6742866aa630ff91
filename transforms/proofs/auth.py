"""The proof of a guard: each guarded route refuses whoever may not pass, each public one stays open."""

from collections.abc import Iterable, Sequence

from transforms.proofs.cases import RouteCase
from transforms.proofs.naming import Names, filled, quoted, route_slug, slug
from transforms.proofs.weave import ISSUER, tell, weave

# How a test asks an app, and how it sees what the inserted guard does: parts by framework.
ASKING = {
    "fastapi": "ask",
    "starlette": "ask",
    "flask": "ask_wsgi",
    "django": "ask_django",
    "django_rest": "ask_django",
}
ASKS_WEBSOCKETS = frozenset({"fastapi", "starlette"})
GUARDS = {
    "fastapi": ("guard_fastapi", "guard_alone"),
    "starlette": ("guard_starlette", "guard_alone"),
    "flask": ("guard_flask", "guard_alone"),
    "django": ("guard_django",),
    "django_rest": ("guard_django_rest",),
}
# How a test lets somebody in through the app itself, without running what lies behind.
LETS_IN = {
    "fastapi": ("bare", "in_front", "reached", "let_in_fastapi"),
    "flask": ("hollow", "let_in_flask"),
    "django": ("hollow", "let_in_django"),
    "django_rest": ("hollow", "let_in_django"),
}
# How a test puts somebody in the place of whom the app's guard would find.
CALLERS = {
    "fastapi": ("bare", "in_front", "reached", "caller", "caller_fastapi"),
    "flask": ("caller", "hollow", "caller_flask"),
    "django": ("caller", "hollow", "caller_django"),
    "django_rest": ("caller", "hollow", "caller_django"),
}
# The same where the handler asks by itself.
INSIDE = {"flask": ("caller_flask_inside",)}
# The same by how the guard comes to know somebody, where a framework has several ways.
KNOWN_BY = {
    **CALLERS,
    "flask_jwt": ("caller", "hollow", "caller_jwt"),
    "flask_session": ("caller", "hollow", "caller_session"),
}
# Where an app finds callers that is not a function of its own.
FINDS_CALLERS = frozenset({"flask_login.current_user", "django.contrib.auth.get_user"})

ABOUT = """Proof that the routes of {app} refuse whoever may not pass.

Nothing here needs a network or the app's database: a refused request reaches no handler.{whose}"""
OWN_ISSUER = " The issuer and its keys are\nthe test's own."


def render_auth(
    app_import: str,
    controls_package: str,
    guarded: Iterable[RouteCase],
    public: Iterable[RouteCase] = (),
    root_parents: int = 1,
    framework: str = "fastapi",
    auth: str = "auth",
) -> str:
    """The test file for routes behind the inserted guard."""
    names, tests = Names(), []
    for route in guarded:
        tests += [refuses_anonymous(route, names, "issuer: Issuer"), refuses_forged(route, names)]
        if route.role:
            tests.append(refuses_other_roles(route, names))
        if framework in LETS_IN:
            tests.append(lets_token_pass(route, names))
    tests += [stays_open(route, names) for route in public]
    told = tell(app_import, controls_package, root_parents) | {"AUTH": auth}
    parts = ("load", ASKING[framework], *ISSUER, "forged", *GUARDS[framework], *LETS_IN.get(framework, ()))
    return weave(ABOUT.format(app=app_import, whose=OWN_ISSUER), parts, told, tests)


def render_refusals(
    app_import: str,
    guarded: Iterable[RouteCase],
    public: Iterable[RouteCase] = (),
    root_parents: int = 1,
    framework: str = "fastapi",
    known_by: str = "",
) -> str:
    """The test file for routes behind guards of the app's own: they refuse strangers, and let pass whom they know.

    `known_by`, a key of `KNOWN_BY`, is how a test makes somebody known to them; what the others accept is left open.
    """
    names, tests = Names(), []
    for route in guarded:
        tests.append(refuses_anonymous(route, names, ""))
        if route.known:
            tests.append(lets_pass(route, names, route.known, route.has, framework, "a_signed_in_caller"))
    tests += [stays_open(route, names) for route in public]
    told = tell(app_import, "controls", root_parents)
    parts = ("load", ASKING[framework], *KNOWN_BY.get(known_by, ()))
    return weave(ABOUT.format(app=app_import, whose=""), parts, told, tests)


def render_roles(
    app_import: str,
    guard: str,
    guarded: Sequence[RouteCase],
    public: Iterable[RouteCase] = (),
    root_parents: int = 1,
    framework: str = "fastapi",
    passes: str = "",
) -> str:
    """The test file for routes behind a check of roles of the app's own: whom `guard` finds is the test's to say.

    `passes` is what somebody must have who may pass, as keyword arguments; "" where that is not known.
    """
    names, tests = Names(), []
    for route in guarded:
        tests.append(refuses_anonymous(route, names, ""))
        tests.append(refuses_without_role(route, names, guard, framework))
        if passes and not route.inside:
            tests.append(lets_pass(route, names, guard, passes, framework))
    tests += [stays_open(route, names) for route in public]
    told = tell(app_import, "controls", root_parents)
    inside = INSIDE[framework] if any(route.inside for route in guarded) else ()
    parts = ("load", ASKING[framework], *CALLERS[framework], *inside)
    return weave(ABOUT.format(app=app_import, whose=""), parts, told, tests)


def refuses_without_role(route: RouteCase, names: Names, guard: str, framework: str) -> str:
    """Nobody passes who is signed in and no more. Where no handler runs, being led elsewhere is a refusal."""
    if route.inside:
        return refuses_inside(route, names)
    refused = "{401, 403}" if "reached" in CALLERS[framework] else "{302, 303, 401, 403}"
    name = names(f"{route_slug(route.method, route.path)}_refuses_a_caller_without_a_role")
    arguments = asked(route).replace("the_app()", "app", 1)
    return (
        f"def {name}() -> None:\n"
        f"    with called_by(Caller(), {quoted(guard)}) as app:\n"
        f"        assert ask({arguments})[0] in {refused}\n"
    )


def refuses_inside(route: RouteCase, names: Names) -> str:
    """The same by what the handler asks first; who may pass would be served by it, and is not tried."""
    name = names(f"{route_slug(route.method, route.path)}_refuses_a_caller_without_a_role")
    arguments = asked(route).replace("the_app()", "app", 1)
    return f"def {name}() -> None:\n    with seen_as(Caller()) as app:\n        assert ask({arguments})[0] == 403\n"


def lets_pass(
    route: RouteCase, names: Names, guard: str, passes: str, framework: str, who: str = "an_administrator"
) -> str:
    """Who has the role passes; the app's handler does not run for it."""
    name = names(f"{route_slug(route.method, route.path)}_lets_{who}_pass")
    if "reached" not in CALLERS[framework]:  # no handler of the app runs for the test's caller
        arguments = asked(route).replace("the_app()", "app", 1)
        return (
            f"def {name}() -> None:\n"
            f"    with called_by(Caller({passes}), {quoted(guard)}) as app:\n"
            f"        assert ask({arguments})[0] == 200\n"
        )
    return (
        f"def {name}() -> None:\n"
        f"    with called_by(Caller({passes}), {quoted(guard)}) as app:\n"
        f"        with handler_left_out(app, {quoted(route.method)}, {quoted(route.path)}, load({quoted(guard)})):\n"
        f"            assert ask(app, {quoted(route.method)}, {quoted(filled(route.path))})[0] == {let_in(route)}\n"
    )


def lets_token_pass(route: RouteCase, names: Names) -> str:
    """Who has a valid token, and the role, gets through the app itself as far as the handler, which does not run."""
    who = f"a_caller_with_role_{slug(route.role)}" if route.role else "a_signed_in_caller"
    roles = f"roles=[{quoted(route.role or 'admin')}]"  # a later patch may let the route ask for that role
    name = names(f"{route_slug(route.method, route.path)}_lets_{who}_pass")
    return (
        f"def {name}(issuer: Issuer) -> None:\n"
        f"    with without_handlers({quoted(route.method)}, {quoted(route.path)}) as app:\n"
        f"        status, _ = ask({asked(route).replace('the_app()', 'app', 1)}, issuer.token({roles}))\n"
        f"    assert status == {let_in(route)}\n"
    )


def let_in(route: RouteCase) -> int:
    """The status that says that the handler was reached."""
    return 101 if route.method == "WEBSOCKET" else 200


def asked(route: RouteCase) -> str:
    """The arguments that ask for the route."""
    return f"the_app(), {quoted(route.method)}, {quoted(filled(route.path))}"


def refuses_anonymous(route: RouteCase, names: Names, fixtures: str) -> str:
    """Nobody without token passes."""
    name = names(f"{route_slug(route.method, route.path)}_refuses_an_anonymous_caller")
    return f"def {name}({fixtures}) -> None:\n    assert ask({asked(route)})[0] in {{401, 403}}\n"


def refuses_forged(route: RouteCase, names: Names) -> str:
    """Nobody with a made-up token passes."""
    name = names(f"{route_slug(route.method, route.path)}_refuses_a_forged_token")
    return (
        f'@pytest.mark.parametrize("how", FORGED)\n'
        f"def {name}(issuer: Issuer, how: str) -> None:\n"
        f"    assert ask({asked(route)}, forged(issuer, how))[0] == 401\n"
    )


def refuses_other_roles(route: RouteCase, names: Names) -> str:
    """Nobody without the role passes."""
    name = names(f"{route_slug(route.method, route.path)}_refuses_a_caller_without_role_{slug(route.role or '')}")
    return (
        f"def {name}(issuer: Issuer) -> None:\n"
        f'    assert ask({asked(route)}, issuer.token(roles=["somebody-else"]))[0] == 403\n'
    )


def stays_open(route: RouteCase, names: Names) -> str:
    """Everybody passes: the route is meant for that."""
    name = names(f"{route_slug(route.method, route.path)}_stays_open_to_everybody")
    return f"def {name}() -> None:\n    assert ask({asked(route)})[0] not in {{401, 403}}\n"
