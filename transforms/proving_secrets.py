"""How a test shows that secrets left the code: which files ask for which name, and from which folder."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from transforms.concepts_secrets import SecretUse
from transforms.edits import proof_path, read_secret
from transforms.placement import controls_home
from transforms.proofs import FieldCase, SecretCase, render_secrets

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.frameworks.secret_moves import SecretRead


def prove_asked(app: "App", uses: Iterable[SecretUse]) -> tuple[str, str] | None:
    """Path and text of a test that these secrets are asked for by name, and that the app stops without them.

    It is about the part of the repository with most of them; None where the organisation's or the app's own function is
    asked, whose behaviour without a value is not ours to test. A field of the app's settings is.
    """
    found = [(use, read) for use in uses if (read := read_secret(app, use)) is not None]
    asked = [(use, read) for use, read in found if read.inserted or read.field_of]
    counted = Counter(controls_home(app, use.file) for use, _ in asked)
    if not counted:
        return None
    home = min(counted, key=lambda each: (-counted[each], each.folder))
    mine = [(use, read) for use, read in asked if controls_home(app, use.file) == home]
    path = proof_path(app, mine[0][0].file, "secrets")
    if home.root and not path.startswith(f"{home.root}/"):
        path = f"{home.root}/tests/test_controls_secrets.py"
    depth = path.removeprefix(home.root).strip("/").count("/")
    cases = dict.fromkeys(case for _, read in mine for case in _cases(read, home.root))
    return path, render_secrets("", home.import_name, cases, depth)


def _cases(read: "SecretRead", root: str) -> Iterable[SecretCase | FieldCase]:
    for path in read.paths:
        inside = path.removeprefix(f"{root}/") if root else path
        if read.field_of:
            settings, _, field = read.field_of.rpartition(".")
            module = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            yield FieldCase(read.name, f"{module}:{settings}", field)
            continue
        yield SecretCase(read.name, inside, module=None)
