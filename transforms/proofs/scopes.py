"""The proof of a tool that asks for a scope: who has it may call the tool, and nobody else."""

from collections.abc import Iterable

from transforms.proofs.cases import ScopeCase
from transforms.proofs.naming import Names, quoted, slug
from transforms.proofs.weave import ISSUER, tell, weave

SCOPED = {"mcp": ("load", *ISSUER, "said_mcp", "taken_out", "scoped_mcp")}

ABOUT = """Proof that tools that change something ask for a scope of their callers.

The issuer and its keys are the test's own. What a tool asks for first is taken out of its code and asked for callers of
the test's own: no tool runs, and nothing needs a network."""


def render_scopes(
    controls_package: str,
    scoped: Iterable[ScopeCase],
    unscoped: Iterable[ScopeCase] = (),
    root_parents: int = 1,
    framework: str = "mcp",
    auth: str = "auth",
) -> str:
    """The test file for tools with a scope, and for some of those that only read and have none."""
    names = Names()
    tests = [test for case in scoped for test in scope_tests(case, names)]
    tests += [asks_for_none(case, names) for case in unscoped]
    told = tell("", controls_package, root_parents) | {"AUTH": auth}
    return weave(ABOUT, SCOPED[framework], told, tests)


def scope_tests(case: ScopeCase, names: Names) -> Iterable[str]:
    """Refused to strangers and to callers without the scope, open to those who have it."""
    told, about = f"{quoted(case.path)}, {quoted(case.function)}", slug(case.function.rpartition(".")[2])
    other = quoted(f"{case.scope}-not")
    yield (
        f'@pytest.mark.usefixtures("issuer")\n'
        f"def {names(f'{about}_refuses_a_caller_who_is_not_signed_in')}() -> None:\n"
        f"    assert not may_call({told})\n"
    )
    yield (
        f"def {names(f'{about}_refuses_a_caller_without_the_scope')}(issuer: Issuer) -> None:\n"
        f"    assert not may_call({told}, issuer.token())\n"
        f"    assert not may_call({told}, issuer.token(scope={other}))\n"
    )
    yield (
        f"def {names(f'{about}_lets_a_caller_with_the_scope_pass')}(issuer: Issuer) -> None:\n"
        f"    assert asks_first({told})\n"
        f"    assert may_call({told}, issuer.token(scope={quoted(case.scope)}))\n"
    )


def asks_for_none(case: ScopeCase, names: Names) -> str:
    """The tool only reads: every signed-in caller may."""
    name = names(f"{slug(case.function.rpartition('.')[2])}_asks_for_no_scope")
    return f"def {name}() -> None:\n    assert not asks_somewhere({quoted(case.path)}, {quoted(case.function)})\n"
