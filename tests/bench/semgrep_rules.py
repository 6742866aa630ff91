"""What Tenon's controls look for, as far as semgrep can say it: a rule or more for each that it has words for.

They are there to be timed, not to be used: semgrep cannot follow a router to where it is included, a guard to what it
does, or a name to the module that it came from, so each of them says too much and too little.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from transforms.secrets import kinds

Rule = dict[str, Any]

_NAMED = r"(?i).*(passw|secret|token|api_?key|pwd).*"
_ROUTE = "@$ROUTER.$METHOD(...)\ndef $F({}): ...\n"
_FLASK = "@$APP.route(...)\ndef $F(...): ...\n"
_ANY_ROUTE = "$ROUTER.$METHOD(...)\n"


def rules() -> str:
    """The file of rules, as semgrep reads it."""
    every = [*_shapes(), *_names(), *_routes(), *_tools(), *_queries(), *_clouds()]
    return yaml.safe_dump({"rules": every}, sort_keys=False)


def _rule(name: str, **what: Any) -> Rule:
    return {"id": name, "languages": ["python"], "severity": "ERROR", "message": name, **what}


def _shapes() -> Iterator[Rule]:
    """no-secret-in-code: every vendor's key with a shape of its own."""
    yield from (_rule(f"key-{each.id}", **{"pattern-regex": each.pattern}) for each in kinds() if each.pattern)


def _names() -> Iterator[Rule]:
    """no-secret-in-code: literals under names of secrets, defaults of settings, comparisons."""
    named = {"metavariable-regex": {"metavariable": "$NAME", "regex": _NAMED}}
    yield _rule("named-secret", patterns=[{"pattern-either": [{"pattern": '$NAME = "..."'}]}, named])
    yield _rule("named-field", patterns=[{"pattern": '$NAME: $TYPE = "..."'}, named])
    yield _rule("named-attribute", patterns=[{"pattern": '$X.$NAME = "..."'}, named])
    yield _rule("named-entry", patterns=[{"pattern": '{..., "$NAME": "...", ...}'}, named])
    yield _rule("compared-secret", patterns=[{"pattern": '$NAME == "..."'}, named])
    yield _rule("default-of-setting", patterns=[{"pattern": 'os.getenv("$NAME", "...")'}, named])
    for keyword in ("password", "api_key", "token", "secret", "secret_key"):
        yield _rule(f"passed-{keyword.replace('_', '-')}", pattern=f'$F(..., {keyword}="...", ...)')


def _routes() -> Iterator[Rule]:
    """route-requires-auth, admin-route-requires-role, no-token-in-url, state-change-is-audited, sso-login."""
    guarded = _ROUTE.format("..., $P=Depends(...), ...")
    yield _rule("open-route", patterns=[{"pattern": _ROUTE.format("...")}, {"pattern-not": guarded}])
    known = ("login_required", "jwt_required()", "$AUTH.login_required")
    unguarded = [{"pattern-not": f"@$APP.route(...)\n@{each}\ndef $F(...): ...\n"} for each in known]
    yield _rule("open-flask-route", patterns=[{"pattern": _FLASK}, *unguarded])
    views = [{"pattern": "def $F(request, ...): ..."}, {"pattern-not": "@login_required\ndef $F(request, ...): ...\n"}]
    yield _rule("open-django-view", patterns=views)
    yield _rule("open-viewset", pattern="class $C(...):\n    ...\n    permission_classes = [AllowAny]\n    ...\n")
    administrators = {"metavariable-regex": {"metavariable": "$PATH", "regex": ".*admin.*"}}
    roles = [{"pattern": '@$ROUTER.$METHOD("$PATH", ...)\ndef $F(...): ...\n'}, administrators]
    yield _rule("admin-route-without-role", patterns=[*roles, {"pattern-not": guarded}])
    yield _rule("token-in-url", pattern=_ROUTE.format("..., token: str = Query(...), ..."))
    changing = {"metavariable-regex": {"metavariable": "$METHOD", "regex": "post|put|patch|delete"}}
    silent = {"pattern-not": f"@{_ANY_ROUTE}def $F(...):\n    ...\n    $AUDIT.info(...)\n    ...\n"}
    yield _rule("change-without-record", patterns=[{"pattern": _ROUTE.format("...")}, changing, silent])
    either = ("$P.verify($A, $B)", "verify_password(...)", "check_password_hash(...)", "check_password(...)")
    yield _rule("own-password-login", **{"pattern-either": [{"pattern": each} for each in either]})
    shared = "def $F(..., $KEY: str = Header(...), ...):\n    ...\n    if $KEY != $SETTING: ...\n    ...\n"
    yield _rule("shared-header-secret", pattern=shared)
    yield _rule("tautological-owner-check", **{"pattern-either": [{"pattern": "$X == $X"}, {"pattern": "$X != $X"}]})


def _tools() -> Iterator[Rule]:
    """tool-requires-auth, tool-requires-scope."""
    yield _rule("open-mcp-tool", pattern="@$SERVER.tool(...)\ndef $F(...): ...\n")
    yield _rule("agent-tool", pattern="@tool\ndef $F(...): ...\n")
    yield _rule("all-scopes", pattern='$F(..., scopes=["*"], ...)')


def _queries() -> Iterator[Rule]:
    """query-is-tenant-scoped: queries that nothing narrows, and those that follow what a request says."""
    for name, query in (("select", "select($X)"), ("query", "$S.query($X)")):
        narrowed = [{"pattern-not-inside": f"{query}.{each}(...)"} for each in ("where", "filter", "filter_by")]
        yield _rule(f"unscoped-{name}", patterns=[{"pattern": query}, *narrowed])
    yield _rule("get-by-key", pattern="$S.get($X, $Y)")
    source = [{"patterns": [{"pattern-inside": _ROUTE.format("..., $A, ...")}, {"pattern": "$A"}]}]
    sinks = [{"pattern": f"$M.{column} == $X"} for column in ("tenant_id", "org_id", "user_id", "owner_id")]
    yield _rule("chosen-by-request", mode="taint", **{"pattern-sources": source, "pattern-sinks": sinks})


def _clouds() -> Iterator[Rule]:
    """no-static-cloud-key, least-privilege-scopes."""
    clients = ("boto3.client", "boto3.resource", "boto3.Session")
    keyed = [{"pattern": f"{each}(..., aws_secret_access_key=$K, ...)"} for each in clients]
    yield _rule("static-cloud-key", **{"pattern-either": keyed})
    yield _rule("key-file", pattern="$C.from_service_account_file(...)")
    yield _rule("all-actions", pattern='{..., "Action": "*", ...}')
