"""The proof of a route for programs: the key that all shared opens nothing, a program's own token does."""

from collections.abc import Iterable

from transforms.proofs.auth import ASKING, LETS_IN, asked, refuses_anonymous, refuses_forged, stays_open
from transforms.proofs.cases import KeyedCase, RouteCase
from transforms.proofs.naming import Names, filled, quoted, route_slug
from transforms.proofs.weave import ISSUER, tell, weave

# How a test asks with the old key, how it leaves the handler out, and what the guard does: parts by framework.
WORKLOADS = {
    "fastapi": (*LETS_IN["fastapi"], "bringing", "workload_fastapi"),
    "flask": (*LETS_IN["flask"], "bringing_wsgi", "workload_flask"),
    "django": (*LETS_IN["django"], "bringing_django", "workload_django"),
    "django_rest": (*LETS_IN["django_rest"], "bringing_django", "workload_django_rest"),
}

ABOUT = """Proof that routes of {app} for other services open to a program's own token, and to no shared key.

The issuer and its keys are the test's own. Nothing here needs a network, and no handler of the app runs."""


def render_workloads(
    app_import: str,
    controls_package: str,
    guarded: Iterable[KeyedCase],
    public: Iterable[RouteCase] = (),
    root_parents: int = 1,
    framework: str = "fastapi",
    auth: str = "auth",
) -> str:
    """The test file for routes that were opened by one key for all."""
    names, tests = Names(), []
    for case in guarded:
        tests += [refuses_anonymous(case.route, names, "issuer: Issuer"), refuses_forged(case.route, names)]
        if case.header:
            tests.append(refuses_the_key(case, names))
        tests += [refuses_people(case.route, names), lets_programs_pass(case.route, names)]
    tests += [stays_open(route, names) for route in public]
    told = tell(app_import, controls_package, root_parents) | {"AUTH": auth}
    parts = ("load", ASKING[framework], *ISSUER, "forged", *WORKLOADS[framework])
    return weave(ABOUT.format(app=app_import), parts, told, tests)


def refuses_the_key(case: KeyedCase, names: Names) -> str:
    """Nobody passes with the key that all shared, and no more."""
    name = names(f"{route_slug(case.route.method, case.route.path)}_refuses_the_key_that_all_shared")
    route = asked(case.route).removeprefix("the_app(), ")
    brought = '"Bearer " + key' if case.header == "authorization" else "key"
    lines = [f"app = bringing(the_app(), {quoted(case.header)}, {brought})", f"assert ask(app, {route})[0] == 401"]
    if case.variable:
        first = f"environment.setenv({quoted(case.variable)}, key := KEY)"
    elif case.setting:
        first = f"key = agreed(environment, {case.holder}, {quoted(case.setting)})"
    else:
        first = "key = KEY"
    within = "".join(f"        {line}\n" for line in (first, *lines))
    body = f"    with pytest.MonkeyPatch.context() as environment:\n{within}"
    if first == "key = KEY":
        body = "".join(f"    {line}\n" for line in (first, *lines))
    return f"def {name}(issuer: Issuer) -> None:\n{body}"


def refuses_people(route: RouteCase, names: Names) -> str:
    """No person passes, whoever signed them in."""
    name = names(f"{route_slug(route.method, route.path)}_refuses_a_person")
    return f"def {name}(issuer: Issuer) -> None:\n    assert ask({asked(route)}, issuer.token())[0] == 403\n"


def lets_programs_pass(route: RouteCase, names: Names) -> str:
    """A program passes with a token that it got in its own name; the app's handler does not run for it."""
    name = names(f"{route_slug(route.method, route.path)}_lets_a_program_pass")
    return (
        f"def {name}(issuer: Issuer) -> None:\n"
        f'    token = issuer.token(sub="orders", client_id="orders")\n'
        f"    with without_handlers({quoted(route.method)}, {quoted(route.path)}) as app:\n"
        f"        status, _ = ask(app, {quoted(route.method)}, {quoted(filled(route.path))}, token)\n"
        f"    assert status == 200\n"
    )
