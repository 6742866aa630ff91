"""The proof that comes with a check of an owner: the comparison says nothing before, and tells people apart after."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.transforms.harness import patched
from tests.transforms.little_shop import run_proof
from tests.transforms.test_role_proofs import written
from transforms.controls import control
from transforms.controls.no_tautological_owner_check import APP, CHOSEN
from transforms.policy import Policy

CONTROL = control("no-tautological-owner-check")
PROOF = "tests/test_controls_authorization.py"
ITSELF = "order.user_id != order.user_id"
READS, CHANGES = (f"test_{name}_tells_the_owner_from_somebody_else" for name in ("read_order", "change_address"))
UNTIL = "    if {check}:\n        raise HTTPException(status_code=403)\n    return order\n"


def app(check: str = ITSELF, instead: str = "") -> dict[str, str]:
    """An app with one check; `instead` is all that its handler does behind the query."""
    text = APP.format(check=check)
    return {"app.py": text.replace(UNTIL.format(check=check), instead) if instead else text}


TURNED = """    if order.user_id == order.user_id:
        return order
    raise HTTPException(status_code=403)
"""
ELSE = """    if order.user_id == order.user_id:
        found = order
    else:
        raise HTTPException(status_code=403)
    return found
"""
WITHIN = """    if order is not None:
        if order.user_id != order.user_id:
            raise HTTPException(status_code=404)
    return order
"""
APPS: Mapping[str, tuple[dict[str, str], str]] = {
    "a row's owner": (app(), READS),
    "a check that is turned round": (app(instead=TURNED), READS),
    "a check with another branch": (app(instead=ELSE), READS),
    "a check within another": (app(instead=WITHIN), READS),
    "nothing there, or somebody else's": (app(f"order is None or {ITSELF}"), READS),
    "somebody else, who is no administrator": (app(f"{ITSELF} and not user.is_admin"), READS),
    "somebody else of a role that may not": (app(f"{ITSELF} and user.role not in ('admin', 'clerk')"), READS),
    "a function of the app beside it": (app(f"{ITSELF} and not is_admin(user)"), READS),
    "what the path and the body say": ({"app.py": CHOSEN.format(other="address.user_id", status=403)}, CHANGES),
    "an app in a folder": (
        {"backend/app.py": APP.format(check=ITSELF), "backend/requirements.txt": "fastapi\n"}, READS
    ),
}  # fmt: skip


def proven(files: Mapping[str, str]) -> tuple[str, dict[str, str], str]:
    """The proof of the patched app, the app, and what the patch leaves to a person."""
    result = patched(files, Policy(), CONTROL)
    (found,) = [each.proof for each in result.patches if each.proof is not None]
    after = {**files, **{path: content.decode() for path, content in result.files.items()}}
    return found.content, after, " ".join(line for each in result.patches for line in each.todo)


def home(files: Mapping[str, str], folder: Path) -> Path:
    """Where the app starts that was written into the folder."""
    root = written(files, folder)
    if "backend/app.py" in files:
        root = root / "backend"
        (root / "tests").mkdir(exist_ok=True)
    return root


@pytest.mark.parametrize("how", APPS)
def test_an_owner_is_told_from_somebody_else_only_after_the_patch(how: str, tmp_path: Path) -> None:
    files, test = APPS[how]
    proof, after, todo = proven(files)
    assert run_proof(home(files, tmp_path / "before"), proof) == {test: "failed"}
    assert run_proof(home(after, tmp_path / "after"), proof) == {test: "passed"}
    assert "call it once as somebody else" in todo


@pytest.mark.parametrize(
    "wrong",
    [
        "order.user_id == user.id",  # lets everybody but the owner pass
        "order.user_id != user.name",
        "order.user_id != user.id and False",
        "order.user_id != user.id or True",
        "order.user_id != order.user_id",
        "order.user_id and user.id",
    ],
)
def test_a_check_with_a_mistake_is_noticed(wrong: str, tmp_path: Path) -> None:
    proof, after, _ = proven(app())
    after["app.py"] = after["app.py"].replace("order.user_id != user.id", wrong)
    assert run_proof(written(after, tmp_path), proof) == {READS: "failed"}


def test_a_check_that_is_gone_is_noticed(tmp_path: Path) -> None:
    proof, after, _ = proven(app())
    after["app.py"] = after["app.py"].replace(UNTIL.format(check="order.user_id != user.id"), "    return order\n")
    assert run_proof(written(after, tmp_path), proof) == {READS: "failed"}


def test_a_check_that_refuses_nobody_is_noticed(tmp_path: Path) -> None:
    proof, after, _ = proven(app())
    after["app.py"] = after["app.py"].replace("raise HTTPException(status_code=403)", "print('not the owner')")
    assert run_proof(written(after, tmp_path), proof) == {READS: "failed"}


def test_each_patched_check_has_a_test(tmp_path: Path) -> None:
    again = APP[APP.index("@app.get") :].format(check=ITSELF).replace("@app.get", "@app.delete")
    files = {"app.py": app()["app.py"] + "\n\n" + again.replace("read_order", "delete_order")}
    proof, after, _ = proven(files)
    names = {READS, READS.replace("read", "delete")}
    assert run_proof(written(files, tmp_path / "before"), proof) == dict.fromkeys(names, "failed")
    assert run_proof(written(after, tmp_path / "after"), proof) == dict.fromkeys(names, "passed")


def test_the_proof_says_what_it_does_not_show() -> None:
    proof, _, _ = proven(app())
    assert "Whether a handler looks up the right thing, and who is let in before it, is not shown here" in " ".join(
        proof.split()
    )
    assert "import fastapi" not in proof


def test_nothing_of_the_app_runs_for_it(tmp_path: Path) -> None:
    files = {"app.py": "raise RuntimeError('nobody imports the app')\n" + app()["app.py"]}
    proof, after, _ = proven(files)
    assert run_proof(written(after, tmp_path), proof) == {READS: "passed"}
