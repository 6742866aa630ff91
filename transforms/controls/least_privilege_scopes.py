"""Whatever the app asks to be allowed is what it needs, not everything.

A token or role that may do everything turns the smallest mistake, a leaked log line or a poisoned prompt, into the loss
of the account. Wide scopes and `"Action": "*"` are written to make an example work, and stay.

**Fix.** None: what the app needs, its calls say, and its authors know. The finding says where, and what is too wide.

**Limits.** Policies and scopes that stand in Python: statements as dictionaries or CDK calls, names of managed
policies, scopes of OAuth clients. Google asks for `cloud-platform` and narrows by IAM roles: it is let be. Scopes that
the app's own API hands out, and what is written in Terraform or in a console, are not looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from transforms.api import (
    Applicability,
    Bad,
    Confidence,
    Control,
    Evidence,
    Family,
    Good,
    Maturity,
    Setting,
    Severity,
    Standard,
    Todo,
    Verdict,
)

if TYPE_CHECKING:
    from transforms.app import App

control = Control(
    id="least-privilege-scopes",
    family=Family.WORKLOAD_IDENTITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    maturity=Maturity.PREVIEW,
    patch=Applicability.ADVICE,
    standards=(
        Standard("OWASP-NHI-2025:NHI5"),
        Standard("CWE-250"),
        Standard("NIST-CSF-2.0:PR.AA-05"),
    ),
    since="0.2",
    order=60,
)


@dataclass(frozen=True)
class Options:
    """What an organisation may tune."""

    sweeping: tuple[str, ...] = ()  # further scopes that are too wide, with `*`: "https://api.example/*"
    accepted: tuple[str, ...] = ()  # scopes, actions and policies that the app may have all the same


control.options = Options

EVERYTHING = ("*", "*:*", "AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "https://mail.google.com/")
SWEEPING = (
    "admin:org", "admin:enterprise", "site_admin", "delete_repo", "admin", "admin.*",
    "https://www.googleapis.com/auth/drive",
    "https://www.googleapis.com/auth/admin.directory.user", "https://www.googleapis.com/auth/gmail.modify",
    "*Directory.ReadWrite.All", "*Files.ReadWrite.All", "*Sites.FullControl.All", "*Mail.ReadWrite.All",
    "*RoleManagement.ReadWrite.*", "full_access", "full_control",
)  # fmt: skip


@control.check
def only_what_is_needed_is_asked_for(app: "App", options: Options) -> Iterator[Verdict]:
    """One verdict for each statement, policy or list of scopes."""
    for setting in app.settings:
        if setting.name not in ("iam actions", "oauth scopes", "managed policy"):
            continue
        wide = [each for each in (setting.value or "").split() if is_wide(setting, each, options)]
        evidence = [Evidence(setting.file, setting.place.line, f"{setting.name}: {' '.join(wide)}".rstrip(": "))]
        if not wide:
            yield control.passes(setting, "Names what it needs.", evidence)
            continue
        told = ", ".join(told_of(each) for each in wide)
        everything = any(each.removesuffix("_on_*") in EVERYTHING for each in wide)
        severity = Severity.HIGH if everything else Severity.MEDIUM
        message = f"The {setting.name} here allow more than any one task needs: {told}."
        yield control.fails(setting, message, evidence, severity=severity)


def is_wide(setting: Setting, grant: str, options: Options) -> bool:
    """Whether something that is allowed is too much."""
    if told_of(grant) in options.accepted or grant in options.accepted:
        return False
    if any(fnmatchcase(grant, pattern) for pattern in options.sweeping):
        return True
    action = grant.removesuffix("_on_*")
    if setting.name == "iam actions":
        return action in ("*", "*:*") or (action.endswith(":*") and grant.endswith("_on_*"))
    if setting.name == "managed policy":
        return action.rpartition("/")[2] in EVERYTHING
    return action in EVERYTHING or any(fnmatchcase(action, pattern) for pattern in SWEEPING)


def told_of(grant: str) -> str:
    """How a grant is told to people."""
    return f"{grant.removesuffix('_on_*')} on *" if grant.endswith("_on_*") else grant


POLICY = """import json

POLICY = {{
    "Version": "2012-10-17",
    "Statement": [{{"Effect": "{effect}", "Action": {action}, "Resource": "{resource}"}}],
}}


def attach(iam, role):
    iam.put_role_policy(RoleName=role, PolicyName="app", PolicyDocument=json.dumps(POLICY))
"""

OAUTH = """from authlib.integrations.starlette_client import OAuth

oauth = OAuth()
oauth.register("github", client_kwargs={{"scope": "{wanted}"}})
"""

control.examples = (
    Good(
        "the scope that Google's clients take, with IAM roles behind it",
        """import google.auth

credentials, project = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
""",
    ),
    Good(
        "one action on one thing", POLICY.format(effect="Allow", action='"s3:GetObject"', resource="arn:aws:s3:::a/*")
    ),
    Good(
        "some actions have no resource", POLICY.format(effect="Allow", action='["ec2:DescribeRegions"]', resource="*")
    ),
    Good("everything is denied", POLICY.format(effect="Deny", action='"*"', resource="*")),
    Good("the scopes of a login", OAUTH.format(wanted="openid email read:user")),
    Good(
        "scopes that the app's own API asks for",
        """from fastapi import FastAPI, Security
from fastapi.security import OAuth2PasswordBearer

from access import get_user

app = FastAPI()
oauth2 = OAuth2PasswordBearer(tokenUrl="token", scopes={"admin": "everything"})


@app.get("/me")
def me(user=Security(get_user, scopes=["admin"])):
    return user
""",
    ),
    Good(
        "the name of a rate of requests",
        """from rest_framework.throttling import UserRateThrottle


class AdministratorsRate(UserRateThrottle):
    scope = "admin"


class Orders:
    throttle_scope = "admin"
""",
    ),
    Good(
        "accepted by the organisation",
        OAUTH.format(wanted="admin:org"),
        options={"accepted": ("admin:org",)},
    ),
    Bad("every action on everything", POLICY.format(effect="Allow", action='"*"', resource="*")),
    Bad("every action of a service on everything", POLICY.format(effect="Allow", action='["s3:*"]', resource="*")),
    Bad(
        "a statement of the CDK",
        """from aws_cdk import aws_iam as iam


def allow(role):
    role.add_to_policy(iam.PolicyStatement(actions=["dynamodb:*"], resources=["*"]))
""",
    ),
    Bad(
        "the policy of administrators",
        """def attach(iam, role):
    iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
""",
    ),
    Bad("the scope of an organisation's administrators", OAUTH.format(wanted="repo admin:org")),
    Bad(
        "all mail of a person",
        """SCOPES = ["https://mail.google.com/", "openid"]
""",
    ),
    Todo(
        "a scope that is put together",
        """def scopes(service):
    return ["https://www.googleapis.com/auth/" + service for service in ("drive", "calendar")]
""",
    ),
)
