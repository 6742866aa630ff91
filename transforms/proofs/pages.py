"""The proof that scripts of Streamlit show nothing to a stranger."""

from collections.abc import Iterable

from transforms.proofs.naming import Names, quoted, slug
from transforms.proofs.weave import tell, weave

ABOUT = """Proof that the pages of this app show nothing to somebody who is not signed in.

Each script runs up to the point where it stops a stranger: nothing behind that is reached."""


def render_pages(scripts: Iterable[str], root_parents: int = 1) -> str:
    """The test file for scripts, by their paths from the folder that the app starts in."""
    names = Names()
    tests = [
        f"def {names(f'{slug(script)}_shows_nothing_to_a_stranger')}() -> None:\n"
        f"    assert not shown_to_a_stranger({quoted(script)})\n"
        for script in scripts
    ]
    return weave(ABOUT, ("load", "page"), tell("", "controls", root_parents), tests)
