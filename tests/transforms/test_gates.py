"""Each gate stops a bad patch that is made for it, whoever made it, and lets a good one through."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.transforms import tiny
from tests.transforms.tiny import HEAD, make, report_on
from transforms.api import Control, Outcome, Patch
from transforms.edit_kinds import AddFile, AddRequirement, ImportOf, InsertStatements, Position, ReplaceExpression
from transforms.engine import Report, rescan
from transforms.gate_secrets import masked
from transforms.gate_verdicts import worse
from transforms.gates import GATES, Change, GateVerdict, Limits, path_is_allowed, run
from transforms.policy import Policy
from transforms.rewrite import Rewritten, apply
from transforms.secrets import sample

APP = f"{HEAD}def handle(a):\n    return a\n"
GOOD = f"{HEAD[:-1]}from controls.users import current_user\n\n\ndef handle(a, user=current_user):\n    return a\n"
USERS = {"controls/__init__.py": b"", "controls/users.py": b"def current_user() -> str:\n    return 'u'\n"}
IDS = [gate.id for gate in GATES]


def change(
    after: Mapping[str, str | bytes] | None = None,
    *,
    before: Mapping[str, str | bytes] | None = None,
    edits: tuple[Any, ...] | None = None,
    control: Control | None = None,
    again: Callable[[Report], Iterator[Patch]] = lambda report: iter(()),
    spans: dict[str, tuple[tuple[int, int], ...]] | None = None,
    patch: Patch | None = None,
    secrets: frozenset[str] = frozenset(),
    limits: Limits | None = None,
) -> Change:
    """A change of `app.py` (or other files): by edits, or as somebody else might write it, by new contents."""
    control = control or make()
    files = {
        path: text.encode() if isinstance(text, str) else text for path, text in (before or {"app.py": APP}).items()
    }
    report = report_on(files, control)
    finding = report.findings[:1]
    edits = edits if edits is not None else tiny.edits_for(finding[0]) if finding else ()
    rewritten = apply(files, edits)
    if after is not None:
        new = {path: text.encode() if isinstance(text, str) else text for path, text in after.items()}
        everywhere = {path: ((0, len(files.get(path, b""))),) for path in new}
        rewritten = Rewritten(new, everywhere if spans is None else spans)
    return Change(
        before=files,
        rewritten=rewritten,
        patches=(patch or Patch("Take a user", edits),),
        findings=finding,
        report=report,
        analyse=lambda changed, removed: rescan(report, changed, Policy(), (control,), removed),
        again=again,
        secrets=lambda: secrets,
        limits=limits or Limits(),
    )


def stopped(tried: Change) -> GateVerdict:
    """The verdict of the gate that objects."""
    last = run(tried)[-1]
    assert not last.passed, "every gate let it through"
    return last


def test_a_good_patch_passes_every_gate_in_order() -> None:
    verdicts = run(change())
    assert [verdict.gate for verdict in verdicts] == IDS
    assert all(verdict.passed for verdict in verdicts)


def test_a_good_patch_of_somebody_else_passes_too() -> None:
    verdicts = run(change({"app.py": GOOD, **USERS}))
    assert all(verdict.passed for verdict in verdicts), verdicts[-1]


def test_an_edit_without_its_code_is_stopped() -> None:
    finding = report_on({"app.py": APP}, make()).findings[0]
    place = replace(finding.subject.place, column=2)
    verdict = stopped(change(edits=(ReplaceExpression("app.py", place, "1"),)))
    assert (verdict.gate, verdict.detail) == ("applies", "there is no expression at the place")


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yml", ".github/tenon.yml", ".gitlab-ci.yml", ".circleci/config.yml", "Jenkinsfile",
        "poetry.lock", "backend/uv.lock", "Pipfile.lock", "package-lock.json", "yarn.lock", ".git/config",
        "a/.GIT/hooks/x", "git~1/config", ".g\u200cit/config", "/etc/passwd", "../up.py", "a/../../up.py", "C:/x.py",
        "a\\b.py", "", "a//b.py", "a/./b.py", ".github /x", "a\nb.py", ".env",
        ".pre-commit-config.yaml", "pylock.toml", "~/x", "x" * 300 + ".py",
    ],
)  # fmt: skip
def test_paths_that_patches_never_touch(path: str) -> None:
    assert not path_is_allowed(path)
    assert stopped(change({"app.py": GOOD, **USERS, path: "x = 1\n"})).gate == "allowed_paths"


@pytest.mark.parametrize(
    "path",
    ["app.py", "a/b/controls/auth.py", "requirements.txt", ".env.example", ".gitignore", "pyproject.toml", "locked.py"],
)
def test_paths_that_patches_may_touch(path: str) -> None:
    assert path_is_allowed(path)


def test_a_patch_too_large_to_review_is_stopped() -> None:
    lines = "x = 1\n" * 3_000
    assert stopped(change({"app.py": GOOD, **USERS, "big.py": lines})).gate == "within_size"
    many = {f"f{number}.py": "" for number in range(61)}
    assert stopped(change({"app.py": GOOD, **many})).gate == "within_size"
    assert stopped(change(limits=Limits(files=2))).detail == "3 files; the limit is 2"


@pytest.mark.parametrize(
    "text",
    [
        "def handle(a, user=1:\n    return a\n",  # libcst refuses
        f"{HEAD}def handle(user):\n    return a\n\n\nbreak\n",  # only the compiler refuses
        f"{HEAD}def handle(user, user):\n    return user\n",
        b"import fastapi\n\xff\xfe = 1\n",
        "import fastapi\nx = " + "(" * 200 + ")" * 200 + "\n",
    ],
)
def test_code_that_does_not_parse_or_compile_is_stopped(text: str | bytes) -> None:
    assert stopped(change({"app.py": text, **USERS})).gate == "parses"


def spanned(before: bytes, after: bytes) -> Change:
    """A change that says it put something between the brackets of `handle` and nothing else."""
    start = before.index(b"(a)") + 2
    end = after.index(b"def")
    assert end
    spans = {"app.py": ((before.index(b"\ndef") - 1, before.index(b"\ndef") - 1), (start, start))}
    return change({"app.py": after, **USERS}, before={"app.py": before}, spans=spans)


def test_bytes_that_no_edit_named_may_not_move() -> None:
    before, after = APP.encode(), GOOD.encode()
    assert run(spanned(before, after))[-1].passed
    for bad in (
        after.replace(b"return a", b"return  a"),
        after.replace(b"import fastapi\n", b"import fastapi \n"),
        after.replace(b"return a\n", b"return a  # done\n"),
        after.replace(b"import fastapi\n", b""),
        b"# formatted\n" + after,
    ):
        verdict = stopped(spanned(before, bad))
        assert (verdict.gate, verdict.detail) == ("untouched_bytes", "app.py: bytes outside of the edits")


def test_a_file_that_no_edit_named_may_not_change_at_all() -> None:
    verdict = stopped(
        change(
            {"app.py": GOOD, **USERS, "b.py": "x = 2\n"},
            before={"app.py": APP, "b.py": "x = 1\n"},
            spans={"app.py": ((0, len(APP)),)},
        )
    )
    assert (verdict.gate, verdict.detail) == ("untouched_bytes", "b.py: bytes outside of the edits")


def test_line_ends_and_final_newline_and_byte_order_mark_may_not_change() -> None:
    before = APP.encode()
    windows, marked = before.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + before
    after = GOOD.encode()
    cases = {
        "line ends": (windows, after.replace(b"\n", b"\r\n").replace(b"return a\r\n", b"return a\n")),
        "the final newline": (before, after.removesuffix(b"\n")),
        "the byte order mark": (marked, after),
    }
    for what, (old, new) in cases.items():
        verdict = stopped(change({"app.py": new, **USERS}, before={"app.py": old}))
        assert (verdict.gate, verdict.detail) == ("untouched_bytes", f"app.py: {what}")


def test_a_secret_value_in_new_code_is_stopped_and_not_quoted() -> None:
    value = "hunter-" + "2" * 6
    before = f"{APP}\n\nPASSWORD = '{value}'\n"
    kept = f"{GOOD}\n\nPASSWORD = '{value}'\n"
    assert run(change({"app.py": kept, **USERS}, before={"app.py": before}, secrets=frozenset({value})))[-1].passed
    for leak in (
        {"app.py": f"{kept}\n\nprint('{value}')\n"},
        {"app.py": kept, "tests/test_x.py": f"def test_x() -> None:\n    assert '{value}'\n"},
        {"app.py": kept, ".env.example": f"PASSWORD={value}\n"},
    ):
        verdict = stopped(change({**leak, **USERS}, before={"app.py": before}, secrets=frozenset({value})))
        assert verdict.gate == "no_secret_value"
        assert value not in verdict.detail


def test_a_secret_value_is_hidden_wherever_it_stands() -> None:
    value = sample("account-password")
    text = 'run(["mysql", "-p{0}"])\nmysql -u root -p{0} shop\nP = "{0}"\nQ = '
    assert masked(f"{text.format(value)}other_{value}_x", [value]) == f"{text.format('…')}other_{value}_x"


def test_a_secret_value_in_what_a_patch_says_is_stopped() -> None:
    value = "hunter-" + "2" * 6
    for patch in (Patch(f"Move {value} away", ()), Patch("Move it", (), todo=(f"Rotate {value}.",))):
        assert stopped(change(patch=patch, secrets=frozenset({value}))).gate == "no_secret_value"


def test_a_vendors_key_is_stopped_although_nobody_knew_its_value() -> None:
    key = sample("stripe-key", 7)
    verdict = stopped(change({"app.py": f"{GOOD}\n\nKEY = '{key}'\n", **USERS}))
    assert verdict.gate == "no_secret_value"


def test_a_plain_word_that_somebody_used_as_a_password_stops_no_sentence() -> None:
    patch = Patch("Read the password from the broker", ())
    assert run(change(patch=patch, secrets=frozenset({"password"})))[-1].passed
    leak = {"app.py": GOOD.replace("return a", "return a or 'password'"), **USERS}
    assert stopped(change(leak, secrets=frozenset({"password"}))).gate == "no_secret_value"


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        (f"{HEAD}def handle(a, user=current_user):\n    return a\n", "app.py: UndefinedName: current_user"),
        (GOOD.replace("import fastapi", "import fastapi\nimport os"), "app.py: UnusedImport: os"),
        (GOOD.replace("\n\ndef", "\n\ncurrent_user = 1\n\n\ndef"), None),
    ],
)
def test_a_name_that_is_not_bound_or_an_import_left_over_is_stopped(text: str, detail: str | None) -> None:
    verdict = stopped(change({"app.py": text, **USERS}))
    assert verdict.gate == "names_bound"
    assert detail in {None, verdict.detail}


def test_what_the_code_had_before_is_not_held_against_a_patch() -> None:
    dirty = APP.replace("import fastapi", "import fastapi, os")
    verdicts = run(
        change({"app.py": GOOD.replace("import fastapi", "import fastapi, os"), **USERS}, before={"app.py": dirty})
    )
    assert verdicts[-1].passed


def test_a_finding_that_is_still_there_is_stopped() -> None:
    verdict = stopped(change({"app.py": APP.replace("return a", "return a, 1")}))
    assert (verdict.gate, verdict.detail) == ("finding_gone", "still there: handle")


def test_a_finding_that_became_a_doubt_is_not_gone() -> None:
    assert stopped(change({"app.py": APP.replace("(a)", "(a, maybe)")})).gate == "finding_gone"


def test_one_of_two_findings_alike_must_really_go() -> None:
    code = f"{HEAD}def handle():\n    pass\n\n\ndef handle():  # noqa\n    pass\n"
    assert (
        stopped(change({"app.py": code.replace("pass", "return 1", 1)}, before={"app.py": code})).gate == "finding_gone"
    )


def test_a_new_finding_is_stopped() -> None:
    bad = f"{GOOD}\n\ndef handle_more():\n    return 1\n"
    verdict = stopped(change({"app.py": bad, **USERS}))
    assert (verdict.gate, verdict.detail) == ("nothing_new", "handlers-take-a-user finds something new: handle_more")


def test_a_doubt_where_there_was_none_is_stopped() -> None:
    before = {"app.py": APP, "other.py": f"{HEAD}def handle_it(user):\n    return user\n"}
    after = {"app.py": GOOD, **USERS, "other.py": f"{HEAD}def handle_it(maybe):\n    return maybe\n"}
    assert stopped(change(after, before=before)).detail == "handlers-take-a-user is no longer sure: handle_it"


def test_a_route_that_disappears_is_stopped() -> None:
    from transforms.controls import controls

    route = "import fastapi\n\napp = fastapi.FastAPI()\n\n\n@app.get('/health')\ndef health():\n    return 1\n"
    report = report_on({"app.py": route}, *controls())
    gone = rescan(report, {"app.py": b"import fastapi\n\napp = fastapi.FastAPI()\n"}, Policy(), controls())
    from transforms.gate_verdicts import worse

    assert worse(report, report, ()) is None
    assert worse(report, gone, ()) == "the route GET /health is gone"


def test_a_control_that_cannot_judge_the_patched_app_is_stopped() -> None:
    control = make()
    judge = control._check

    @control.check
    def fragile(app: Any, options: Any) -> Any:
        assert judge is not None
        assert len(app.files) < 2
        yield from judge(app, options)

    assert stopped(change(control=control)).detail == "handlers-take-a-user cannot judge the patched app"


@pytest.mark.parametrize(("after", "is_worse"), [(("pass", "unknown"), False), (("unknown", "unknown"), True)])
def test_a_doubt_that_was_there_before_beside_a_pass_is_nothing_new(after: tuple[str, ...], is_worse: bool) -> None:
    def report(outcomes: tuple[str, ...]) -> Any:
        subject = SimpleNamespace(kind="query", name="select Order")
        verdicts = [
            SimpleNamespace(outcome=Outcome(each), fingerprint="1", control="c", subject=subject) for each in outcomes
        ]
        return SimpleNamespace(failures=(), skipped=(), verdicts=verdicts)

    assert (worse(report(("pass", "unknown")), report(after), ()) is not None) is is_worse


@pytest.mark.parametrize(
    ("imports", "is_stopped"),
    [
        ("import app\nfrom shop import start\n", True),
        ("from shop import start\nimport app\n", False),
        ("from shop import start\n", False),
    ],
)
def test_a_package_that_an_import_runs_counts_where_nobody_came_through_it(imports: str, is_stopped: bool) -> None:
    before = {
        "app.py": APP,
        "shop/__init__.py": f"{HEAD}import app\n",
        "shop/other.py": f"{HEAD}def current_user(): ...\n",
        "run.py": HEAD + imports,
    }
    after = {"app.py": GOOD.replace("controls.users", "shop.other")}
    said = [each.detail for each in run(change(after, before=before)) if each.gate == "no_new_circle"]
    assert said == ["app.py and shop/__init__.py would import each other" if is_stopped else ""]


def test_an_import_in_a_circle_is_stopped() -> None:
    other = "import fastapi\nfrom app import handle\n\n\ndef current_user():\n    return handle\n"
    circle = GOOD.replace("controls.users", "other")
    verdict = stopped(change({"app.py": circle}, before={"app.py": APP, "other.py": other}))
    assert (verdict.gate, verdict.detail) == ("no_new_circle", "app.py and other.py would import each other")


def test_a_remedy_that_never_has_enough_is_stopped() -> None:
    more = Patch("Once more", (AddFile("again.py", "x = 1\n"),))
    verdict = stopped(change(again=lambda report: iter((more,))))
    assert verdict.gate == "second_run_changes_nothing"


def test_edits_that_change_the_patched_files_again_are_stopped() -> None:
    good = change()
    unlike = AddFile("app.py", "x = 1\n")
    patched = replace(good, patches=(Patch("Overwrite", (unlike,)),))
    assert stopped(patched).detail == "the same edits change the patched files again"
    twice = AddRequirement("requirements.txt", "", "")
    assert stopped(replace(change(before={"app.py": APP, "requirements.txt": ""}), patches=(Patch("x", (twice,)),)))


def test_every_gate_has_a_sentence_for_people() -> None:
    assert all(gate.sentence.endswith(".") and gate.sentence[0].isupper() for gate in GATES)
    assert len(set(IDS)) == len(IDS)


def test_the_edit_of_a_bad_patch_meets_the_same_gates() -> None:
    finding = report_on({"app.py": APP}, make()).findings[0]
    leaky = InsertStatements(
        "app.py", finding.subject.place, Position.BODY_START, "import os", (ImportOf("controls.users", "nobody"),)
    )
    assert stopped(change(edits=(leaky,))).gate == "names_bound"


@pytest.mark.parametrize(("path", "allowed"), [(".env", True), ("api/.env.local", True), ("app.py", False),
    (".github/.env", False), (".gitignore", False), ("uv.lock", False), ("../.env", False)])  # fmt: skip
def test_only_settings_of_one_machine_may_be_taken_away(path: str, allowed: bool) -> None:
    gone = change({}, before={path: "A = 1\n"})
    gone = dataclasses.replace(gone, rewritten=Rewritten({}, {}, (), frozenset({path})))
    verdicts = {each.gate: each.passed for each in run(gone)}
    assert verdicts["allowed_paths"] is allowed
