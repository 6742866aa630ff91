"""The test that shows that a comparison asks who is calling: which comparisons, of what with what."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from transforms.owner_checks import OwnerCheck, right_side
from transforms.placement import start_folder
from transforms.proofs.cases import OwnerCase
from transforms.proofs.owners import render_owners
from transforms.proving import inside, without_app

if TYPE_CHECKING:
    from transforms.app import App


def prove_owners(app: "App", checks: Iterable[OwnerCheck], family: str) -> tuple[str, str] | None:
    """Path and text of the test, for the part of the repository with most of these checks; None without any."""
    found = [(check.condition.file, case) for check in checks if (case := _case(app, check)) is not None]
    counted = Counter(start_folder(app, file) for file, _ in found)
    if not counted:
        return None
    root = min(counted, key=lambda each: (-counted[each], each))
    mine = [(file, case) for file, case in found if start_folder(app, file) == root]
    path, depth = without_app(app, mine[0][0], family)
    return path, render_owners(dict.fromkeys(case for _, case in mine), depth)


def _case(app: "App", check: OwnerCheck) -> OwnerCase | None:
    right, condition, pair = right_side(app, check), check.condition, check.pair
    module = app.module_of(condition.function)
    if right is None or module is None:
        return None
    place, caller = right
    owner = pair.left_code if place == pair.right_place else pair.right_code
    function = condition.function.removeprefix(f"{module}.")
    return OwnerCase(inside(app, condition.file), function, owner, caller)
