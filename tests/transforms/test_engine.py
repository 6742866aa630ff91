"""Findings become patches that passed every gate; what cannot be patched is told, never hidden."""

from datetime import date
from typing import Any

from tests.transforms import tiny
from tests.transforms.tiny import HEAD, make, remedied, report_on, with_remedy
from transforms.api import Applicability, Outcome, Patch
from transforms.edit_kinds import AddFile, AddKeywordArgument
from transforms.engine import Status, with_patches
from transforms.policy import AcceptedRisk, ControlPolicy, Policy

ONE = {"app.py": f"{HEAD}def handle(a):\n    return a\n"}
FIXED = (
    "import fastapi\n\nfrom controls.users import current_user\n\n\ndef handle(a, user=current_user):\n    return a\n"
)


def broken(*_: Any) -> Any:
    raise ZeroDivisionError


def test_a_finding_becomes_a_patch_with_its_files_and_gates() -> None:
    result = remedied(ONE, make())
    (patch,) = result.patches
    assert patch.status is Status.FIXED
    assert patch.files["app.py"] == (ONE["app.py"].encode(), FIXED.encode())
    assert patch.files["controls/__init__.py"] == (None, b"")
    assert result.files["app.py"] == FIXED.encode()
    assert [finding.subject.name for finding in patch.findings] == ["handle"]
    assert all(verdict.passed for verdict in patch.gates)
    assert patch.todo == ("Sign in.",)
    assert not result.after.findings


def test_a_second_run_asks_for_nothing() -> None:
    patched = {**ONE, **{path: content.decode() for path, content in remedied(ONE, make()).files.items()}}
    assert remedied(patched, make()).patches == ()


def test_several_findings_of_one_file_are_patched_in_one_pass() -> None:
    code = f"{HEAD}def handle_a():\n    pass\n\n\ndef handle_b(x):\n    pass\n"
    result = remedied({"app.py": code}, make())
    assert [patch.status for patch in result.patches] == [Status.FIXED, Status.FIXED]
    after = result.files["app.py"].decode()
    assert "def handle_a(user=current_user)" in after
    assert "def handle_b(x, user=current_user)" in after
    assert after.count("import current_user") == 1


def test_findings_that_ask_for_the_same_patch_share_it() -> None:
    def whole_file(app: Any, finding: Any, options: Any) -> Patch:
        every = [each for each in app.functions.values() if each.symbol.startswith("app.handle")]
        made = [each for function in every for each in tiny.edits_for(_at(finding, function.place))]
        return Patch("All at once", tuple(dict.fromkeys(made)), todo=(finding.subject.name,))

    code = f"{HEAD}def handle_a():\n    pass\n\n\ndef handle_b():\n    pass\n"
    (patch,) = remedied({"app.py": code}, with_remedy(whole_file)).patches
    assert [finding.subject.name for finding in patch.findings] == ["handle_a", "handle_b"]
    assert patch.todo == ("handle_a", "handle_b")


def _at(finding: Any, place: Any) -> Any:
    from dataclasses import replace

    return replace(finding, subject=replace(finding.subject, place=place))


def test_a_finding_without_a_safe_edit_is_advice() -> None:
    (patch,) = remedied({"app.py": f"{HEAD}def handle_hopeless():\n    pass\n"}, make()).patches
    assert (patch.status, patch.title, dict(patch.files)) == (Status.ADVICE, "Takes no user.", {})


def test_a_finding_says_that_it_has_a_patch_only_where_an_edit_is_known() -> None:
    hopeless = {"app.py": f"{HEAD}def handle_hopeless():\n    pass\n"}
    control = make()
    without, with_one = (with_patches(report_on(code, control), Policy(), [control]) for code in (hopeless, ONE))
    assert [each.patch for each in without.findings] == [Applicability.ADVICE]
    assert [each.patch for each in with_one.findings] == [control.patch]


def test_advice_of_the_remedy_is_passed_on() -> None:
    def advise(app: Any, finding: Any, options: Any) -> Patch:
        return Patch("Ask somebody who knows", (), Applicability.ADVICE)

    (patch,) = remedied(ONE, with_remedy(advise)).patches
    assert (patch.status, patch.title) == (Status.ADVICE, "Ask somebody who knows")


def test_only_the_bad_patches_are_dropped_and_counted() -> None:
    def mixed(app: Any, finding: Any, options: Any) -> Patch:
        if finding.subject.name == "handle_bad":
            return tiny.comment(app, finding, options)
        return Patch("Take a user", tiny.edits_for(finding))

    names = ("handle_a", "handle_b", "handle_bad", "handle_c", "handle_d")
    code = HEAD + "\n\n".join(f"def {name}():\n    pass\n" for name in names)
    result = remedied({"app.py": code}, with_remedy(mixed))
    status = {patch.findings[0].subject.name: patch.status for patch in result.patches}
    assert status == {name: Status.REJECTED if name == "handle_bad" else Status.FIXED for name in names}
    (rejected,) = [patch for patch in result.patches if patch.status is Status.REJECTED]
    assert rejected.stopped_by == "finding_gone"
    assert b"print" not in result.files["app.py"]


def test_hopeless_trials_come_to_an_end() -> None:
    code = HEAD + "\n\n".join(f"def handle_{number}():\n    pass\n" for number in range(100))
    tried: list[int] = []

    def useless(app: Any, finding: Any, options: Any) -> Patch:
        tried.append(1)
        return tiny.comment(app, finding, options)

    result = remedied({"app.py": code}, with_remedy(useless))
    assert len(result.patches) == 100
    assert {patch.status for patch in result.patches} == {Status.REJECTED}
    assert len(tried) <= 200


def test_an_impossible_edit_stops_its_own_patch_alone() -> None:
    def mixed(app: Any, finding: Any, options: Any) -> Patch:
        if finding.subject.name == "handle_bad":
            return Patch("Miss", (AddKeywordArgument("app.py", finding.subject.place, "a", "1"),))
        return Patch("Take a user", tiny.edits_for(finding))

    code = f"{HEAD}def handle_bad():\n    pass\n\n\ndef handle_good():\n    pass\n"
    result = remedied({"app.py": code}, with_remedy(mixed))
    by_name = {patch.findings[0].subject.name: patch for patch in result.patches}
    assert by_name["handle_good"].status is Status.FIXED
    assert by_name["handle_bad"].stopped_by == "applies"
    assert by_name["handle_bad"].gates[-1].detail == "there is no call at the place"


def test_controls_take_turns_on_the_files_as_the_others_left_them() -> None:
    second = make("second", order=60)

    @second.check
    def wants_a_tenant(app: Any, options: Any) -> Any:
        for function in app.functions.values():
            named = {parameter.name for parameter in function.parameters}
            if "user" not in named:
                yield second.unknown(function, "There is no user to ask.")
            elif "tenant" not in named:
                yield second.fails(function, "Takes no tenant.")

    @second.remedy
    def add_tenant(app: Any, finding: Any, options: Any) -> Patch:
        from transforms.edit_kinds import AddParameter

        return Patch("Take a tenant", (AddParameter("app.py", finding.subject.place, "tenant=None"),))

    code = {"app.py": f"{HEAD}def handle(a, user=1):\n    pass\n\n\ndef handle_other():\n    pass\n"}
    result = remedied(code, make(), second)
    first, *then = [patch for patch in result.patches if patch.status is Status.FIXED]
    assert [first.control, *(patch.control for patch in then)] == ["handlers-take-a-user", "second", "second"]
    assert then[0].files["app.py"][0] == first.files["app.py"][1]
    assert result.files["app.py"].count(b"tenant=None") == 2


def test_a_crash_in_one_check_is_reported_and_the_others_go_on() -> None:
    bad = make("bad", order=1)
    bad.check(broken)
    report = report_on(ONE, bad, make())
    assert [(failure.control, failure.error) for failure in report.failures] == [("bad", "ZeroDivisionError")]
    assert [finding.control for finding in report.findings] == ["handlers-take-a-user"]


def test_a_crash_in_one_remedy_is_reported_and_the_others_go_on() -> None:
    result = remedied(ONE, with_remedy(broken, control_id="bad", order=1), make())
    assert [failure.control for failure in result.failures] == ["bad"]
    assert [(patch.control, patch.status) for patch in result.patches] == [("handlers-take-a-user", Status.FIXED)]


def test_a_check_that_breaks_half_way_leaves_no_half_verdicts() -> None:
    bad = make("bad")

    @bad.check
    def half(app: Any, options: Any) -> Any:
        for function in app.functions.values():
            yield bad.fails(function, "x")
            raise ZeroDivisionError

    report = report_on(ONE, bad)
    assert report.verdicts == ()
    assert report.failures[0].control == "bad"


def test_a_proof_is_made_once_for_all_fixed_findings() -> None:
    control = make()
    control.proof(tiny.proving)
    code = f"{HEAD}def handle_a():\n    pass\n\n\ndef handle_b():\n    pass\n\n\ndef handle_hopeless():\n    pass\n"
    result = remedied({"app.py": code}, control)
    assert "assert ['handle_a', 'handle_b']" in result.files["tests/test_controls_identity.py"].decode()
    assert [patch.proof.path for patch in result.patches if patch.proof] == ["tests/test_controls_identity.py"]


def test_a_proof_that_breaks_keeps_the_patch() -> None:
    control = make()
    control.proof(broken)
    result = remedied(ONE, control)
    assert [patch.status for patch in result.patches] == [Status.FIXED]
    assert [failure.control for failure in result.failures] == [control.id]
    assert result.files["app.py"] == FIXED.encode()


def test_only_the_chosen_controls_and_the_changed_files_are_patched() -> None:
    files = {**ONE, "other.py": f"{HEAD}def handle_more():\n    pass\n"}
    assert remedied(files, make(), only={"something-else"}).patches == ()
    assert len(remedied(files, make(), only={"identity"}).patches) == 2
    (patch,) = remedied(files, make(), changed={"other.py"}).patches
    assert set(patch.files) >= {"other.py"}
    assert "app.py" not in patch.files
    assert remedied(ONE, make(), changed={"app.py": {1}}).patches == ()
    assert len(remedied(ONE, make(), changed={"app.py": {5}}).patches) == 1


def test_an_accepted_risk_by_policy_gets_no_patch_and_says_so() -> None:
    (finding,) = report_on(ONE, make()).findings
    risk = AcceptedRisk(finding.control, finding.fingerprint, "behind a gateway", "ops", date(2030, 1, 1))
    policy = Policy(accepted_risks=(risk,))
    (judged,) = report_on(ONE, make(), policy=policy).findings
    assert judged.accepted_risk == risk
    result = remedied(ONE, make(), policy=policy)
    assert [(patch.status, patch.title) for patch in result.patches] == [(Status.SKIPPED, "Accepted: behind a gateway")]
    assert result.files == {}


def test_an_accepted_risk_in_a_comment_counts_on_or_above_the_line() -> None:
    note = "# tenon: accept-risk[handlers-take-a-user] called by cron only"
    above = {"app.py": f"{HEAD}{note}\ndef handle():\n    pass\n"}
    beside = {"app.py": f"{HEAD}def handle():  {note}\n    pass\n"}
    for files in (above, beside):
        (finding,) = report_on(files, make()).findings
        assert finding.accepted_risk is not None
        assert finding.accepted_risk.reason == "called by cron only"
        assert remedied(files, make()).files == {}
    silent = {"app.py": above["app.py"].replace(" called by cron only", "")}
    other = {"app.py": above["app.py"].replace("handlers-take", "others-take")}
    far = {"app.py": f"{note}\n{HEAD}def handle():\n    pass\n"}
    for files in (silent, other, far):
        assert report_on(files, make()).findings[0].accepted_risk is None


def test_a_control_that_is_switched_off_says_nothing_and_options_reach_it() -> None:
    off = Policy(controls={"handlers-take-a-user": ControlPolicy(enabled=False)})
    assert report_on(ONE, make(), policy=off).verdicts == ()
    tuned = Policy(controls={"handlers-take-a-user": ControlPolicy(options={"prefix": "serve"})})
    assert report_on(ONE, make(), policy=tuned).verdicts == ()


def test_findings_are_told_where_they_stood_before_any_patch() -> None:
    second = make("second", order=60)
    second.options = lambda: tiny.Options(prefix="serve")  # type: ignore[assignment]
    code = {"app.py": f"{HEAD}def handle():\n    pass\n\n\ndef serve():\n    pass\n"}
    result = remedied(code, make(), second)
    lines = {patch.control: patch.findings[0].subject.place.line for patch in result.patches}
    assert lines == {"handlers-take-a-user": 4, "second": 8}


def test_no_patch_that_is_rejected_changes_anything() -> None:
    def workflow(app: Any, finding: Any, options: Any) -> Patch:
        return Patch("Add CI", (*tiny.edits_for(finding), AddFile(".github/workflows/x.yml", "on: push\n")))

    result = remedied(ONE, with_remedy(workflow))
    assert [patch.stopped_by for patch in result.patches] == ["allowed_paths"]
    assert result.files == {}
    assert result.after.findings[0].outcome is Outcome.FAIL
