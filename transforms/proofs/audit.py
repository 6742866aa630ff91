"""The proof of an audit trail: one line for one state change, one for one refusal."""

from collections.abc import Iterable, Iterator

from transforms.proofs.cases import AuditCase
from transforms.proofs.naming import Names, filled, quoted, route_slug
from transforms.proofs.weave import ISSUER, tell, weave

ABOUT = """Proof that the state-changing routes of {app} leave exactly one line in the audit trail.

The app's handlers do not run: each route's dependencies are tried in front of a handler that does nothing."""


def render_audit(app_import: str, controls_package: str, cases: Iterable[AuditCase], root_parents: int = 1) -> str:
    """The test file for recorded routes."""
    names, cases = Names(), tuple(cases)
    tests = [test for case in cases for test in audit_tests(case, names)]
    told = tell(app_import, controls_package, root_parents)
    # An app without the inserted sign-in may not have what an issuer needs.
    issuer = ISSUER if any(case.guarded for case in cases) else ()
    return weave(ABOUT.format(app=app_import), ("load", "ask", *issuer, "bare", "lines"), told, tests)


def audit_tests(case: AuditCase, names: Names) -> Iterator[str]:
    """The tests of one route."""
    route = case.route
    about = route_slug(route.method, route.path)
    roles = f"roles=[{quoted(route.role)}]" if route.role else ""
    needs, token = ("issuer: Issuer, ", f"issuer.token({roles})") if case.guarded else ("", '"x" * 64')
    yield (
        f"def {names(f'{about}_records_one_success')}({needs}lines: Lines) -> None:\n"
        f"    app = without_handler(the_app(), {quoted(route.method)}, {quoted(route.path)})\n"
        f"    token = {token}\n"
        f"    assert ask(app, {quoted(route.method)}, {quoted(filled(route.path))}, token)[0] == 200\n"
        f'    assert [event["action"] for event in lines.of("success")] == [{quoted(case.action)}]\n'
        f"    assert token not in str(lines.events)\n"
    )
    if case.guarded:
        yield (
            f"def {names(f'{about}_records_one_refusal')}(issuer: Issuer, lines: Lines) -> None:\n"
            f"    assert ask(the_app(), {quoted(route.method)}, {quoted(filled(route.path))})[0] in {{401, 403}}\n"
            f'    assert [event["action"] for event in lines.of("denied")] == [{quoted(case.action)}]\n'
            f"    assert len(lines.events) == 1\n"
        )
