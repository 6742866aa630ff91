"""The proof of a check of an owner: the comparison itself tells the owner from somebody else."""

from collections.abc import Iterable

from transforms.proofs.cases import OwnerCase
from transforms.proofs.naming import Names, quoted, slug
from transforms.proofs.weave import tell, weave

ABOUT = """Proof that checks of an owner let the owner go on, and turn somebody else away.

What is asked are the comparisons alone, taken out of the code: each is told whose something is and who is calling.
Whether a handler looks up the right thing, and who is let in before it, is not shown here. No code of the app beside
them runs, and nothing needs a network or a database."""


def render_owners(cases: Iterable[OwnerCase], root_parents: int = 1) -> str:
    """The test file for comparisons that said nothing."""
    names = Names()
    tests = [owner_test(case, names) for case in cases]
    return weave(ABOUT, ("load", "caller", "taken_out", "compared"), tell("", "controls", root_parents), tests)


def owner_test(case: OwnerCase, names: Names) -> str:
    """The test of one comparison."""
    owner, caller = quoted(case.owner), quoted(case.caller)
    return (
        f"def {names(f'{slug(case.function)}_tells_the_owner_from_somebody_else')}() -> None:\n"
        f"    checks = checks_of({quoted(case.path)}, {quoted(case.function)}, {owner})\n"
        f"    assert any(tells_apart(check, {owner}, {caller}) for check in checks)\n"
    )
