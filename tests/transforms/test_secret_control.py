"""What the control says about a secret: how bad, how sure, in which words."""

import pytest

from tests.transforms.tiny import remedied, report_on
from transforms.api import Confidence, Outcome, Severity, Verdict
from transforms.controls.no_secret_in_code import control
from transforms.policy import ControlPolicy, Policy
from transforms.secrets import sample

GUESSED = "q7" + "Wz" + "9kTr"


def finding(path: str, code: str) -> Verdict:
    (verdict,) = report_on({path: code}, control).findings
    return verdict


SEVERITIES = [
    ("app.py", f'API_KEY = "{sample("stripe-key")}"\n', Severity.CRITICAL),
    ("app.py", f'API_KEY = "{sample("openai-key")}"\n', Severity.HIGH),
    ("app.py", f'ADMIN_PASSWORD = "{GUESSED}"\n', Severity.CRITICAL),
    ("app.py", f'SECRET_KEY = "{GUESSED}"\n', Severity.CRITICAL),
    ("app.py", f'URL = "{sample("capability-url")}"\n', Severity.MEDIUM),
    ("app.py", 'import os\nSECRET_KEY = os.getenv("SECRET_KEY", "change-me")\n', Severity.HIGH),
    ("app.py", 'WHATSAPP_API_KEY = "your-api-key"\n', Severity.MEDIUM),
    ("tests/test_app.py", f'API_KEY = "{sample("stripe-key")}"\n', Severity.LOW),
    ("examples/app.py", f'API_KEY = "{sample("stripe-key")}"\n', Severity.LOW),
    (".env.example", f"API_KEY={sample('stripe-key')}\n", Severity.LOW),
    (".env", f"API_KEY={sample('stripe-key')}\n", Severity.CRITICAL),
]


@pytest.mark.parametrize(("path", "code", "severity"), SEVERITIES)
def test_severity_is_the_harm_that_somebody_can_do(path: str, code: str, severity: Severity) -> None:
    assert finding(path, code).severity is severity


def test_a_key_of_nobody_knows_whom_is_said_to_be_one_and_weighs_as_the_worst_of_them() -> None:
    verdict = finding("app.py", f'API_KEY = "{sample("clerk-key")}"\n')
    (note,) = (each.note for each in verdict.evidence)
    assert verdict.severity is Severity.CRITICAL
    assert verdict.message.startswith("API key (API_KEY)")
    assert all(each in note for each in ("Stripe", "Clerk", "nothing here says which"))
    (patch,) = remedied({"app.py": f'API_KEY = "{sample("clerk-key")}"\n'}, control).patches
    (said,) = (each for each in patch.todo if "issued" in each)
    assert all(each in said for each in ("dashboard.stripe.com", "dashboard.clerk.com"))


@pytest.mark.parametrize(
    ("code", "confidence"),
    [
        (f'API_KEY = "{sample("stripe-key")}"\n', Confidence.HIGH),
        (f'ADMIN_PASSWORD = "{GUESSED}"\n', Confidence.HIGH),
        ('SECRET_KEY = "change-me"\n', Confidence.MEDIUM),
        (f'# ADMIN_PASSWORD = "{GUESSED}"\n', Confidence.MEDIUM),
        (f'session_token = "{sample("access-token")}"\n', Confidence.MEDIUM),
    ],
)
def test_confidence_is_less_for_what_may_be_something_else(code: str, confidence: Confidence) -> None:
    assert finding("app.py", code).confidence is confidence


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (f'API_KEY = "{sample("stripe-key")}"\n', "Stripe API key (API_KEY) is written into the code."),
        ('import os\nK = os.getenv("JWT_SECRET", "dev-secret")\n', "when JWT_SECRET is not set"),
        (f'def f(password):\n    return password == "{GUESSED}"\n', "is compared with"),
        ('SECRET_KEY = "change-me"\n', "and the app runs with it"),
        (f'def f(password="{GUESSED}"): ...\n', "is the default of password"),
        (f'print("admin@shop.io / {GUESSED}")\n', "stands in a text"),
    ],
)
def test_the_message_says_what_is_there_in_one_sentence(code: str, words: str) -> None:
    verdict = finding("app.py", code)
    assert words in verdict.message
    assert verdict.message.endswith(".")
    assert GUESSED not in verdict.message


def test_the_evidence_says_where_it_goes() -> None:
    code = f'from app.security import hash_password\n\nx = hash_password("{GUESSED}")\n'
    assert [each.note for each in finding("app.py", code).evidence] == ["it is passed to app.security.hash_password"]


def test_the_subject_has_no_value_and_survives_moved_lines() -> None:
    first = finding("app.py", f'def f():\n    password = "{GUESSED}"\n')
    moved = finding("app.py", f'# a note\n\ndef f():\n    password = "{GUESSED}"\n')
    assert first.subject.name == "account-password password"
    assert first.subject.symbol == "app.f"
    assert first.fingerprint == moved.fingerprint


@pytest.mark.parametrize(
    "options", [{"accepted_paths": ("demo/*",)}, {"accepted_names": ("ADMIN_*",)}], ids=["by path", "by name"]
)
def test_what_an_organisation_accepts_is_no_finding(options: dict[str, object]) -> None:
    policy = Policy(controls={control.id: ControlPolicy(options=options)})
    code = {"demo/app.py": f'ADMIN_PASSWORD = "{GUESSED}"\n'}
    assert report_on(code, control, policy=policy).findings == ()
    assert len(report_on(code, control).findings) == 1


def test_every_verdict_is_a_finding() -> None:
    report = report_on({"app.py": f'ADMIN_PASSWORD = "{GUESSED}"\n', "b.py": "import os\n"}, control)
    assert [verdict.outcome for verdict in report.verdicts] == [Outcome.FAIL]
