"""The audit trail: one JSON object per line on the logger "audit".

    @router.delete("/orders/{order_id}", dependencies=[Depends(audited("order.delete", resource="order"))])

writes exactly one line for each request: success, denied (401, 403) or error. Elsewhere: record_event("user.invite").
app.add_middleware(AuditTrail) makes it exact: it also sees refusals by guards that say nothing themselves, and the
status of a response that a route returns instead of raising.

Lines go to stdout unless the logger has handlers of its own.

Settings (environment):
    AUDIT_FILE            a file that gets every line as well; a new one each day (UTC), yesterday's beside it
    AUDIT_RETENTION_DAYS  stated in the header of each record; older files are deleted (default: kept)

Values whose names look like secrets are replaced by [redacted]. Request bodies, query strings and error texts are not
recorded. Writing an event never breaks the request.
"""

import contextlib
import json
import logging
import logging.handlers
import os
import re
import sys
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, TextIO

from fastapi.requests import HTTPConnection
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# OCSF 1.9 classes, by the first word of the action; anything else is API activity.
API_ACTIVITY = 6003
CLASSES = {
    "auth": 3002,
    "login": 3002,
    "logout": 3002,
    "session": 3002,
    "sign_in": 3002,
    "sign_out": 3002,
    "user": 3007,
    "users": 3007,
    "account": 3007,
    "role": 3008,
    "roles": 3008,
    "permission": 3008,
    "permissions": 3008,
}
VERBS = {"GET": "read", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
SECRET_NAME = re.compile(
    r"passw|passphrase|pwd|secret|token|credential|authorization|cookie|signature|otp|cvv|pin$"
    r"|(api|private|access|signing|encryption)[_-]?key",
    re.IGNORECASE,
)
REQUEST_ID = re.compile(r"[\w.:-]{1,128}")
LONGEST_TEXT = 1000

_STATE = "controls.audit"  # key in the ASGI scope


@dataclass(frozen=True)
class Declared:
    """What a route says about itself through audited()."""

    action: "str | None"
    resource: "str | None"


@dataclass
class RequestRecord:
    """What is known about the audit line of one request."""

    request_id: str
    written: bool = False
    watched: bool = False  # the middleware is there and will see the response's status
    waiting: "Declared | None" = None


def audited(action: "str | None" = None, resource: "str | None" = None) -> "Callable[..., AsyncIterator[None]]":
    """A dependency for a route or router that changes something. Without action, one is made of path and method."""

    async def audit_line(connection: HTTPConnection) -> AsyncIterator[None]:
        try:
            yield
        except BaseException as failure:
            _write_once(connection, action, resource, *outcome_of(failure))
            raise
        record = _record(connection)
        if record.watched:
            record.waiting = record.waiting or Declared(action, resource)
        else:
            _write_once(connection, action, resource, "success", None)

    vars(audit_line)["declared"] = Declared(action, resource)
    return audit_line


def record_event(
    action: str,
    *,
    resource: "str | None" = None,
    resource_id: "object | None" = None,
    outcome: str = "success",
    reason: "str | None" = None,
    actor: "object | None" = None,
    connection: "HTTPConnection | None" = None,
    class_uid: "int | None" = None,
    details: "dict[str, Any] | None" = None,
) -> None:
    """Write one event. Never raises.

    outcome is success, denied or error; actor is a Principal (default: the one of the request); connection is the
    Request or WebSocket, if there is one; class_uid is the OCSF class (default: told from the action).
    """
    try:
        event = {
            "header": {"version": 1, "retention_days": retention_days()},
            "time": utc_now(),
            "class_uid": class_uid or CLASSES.get(action.partition(".")[0], API_ACTIVITY),
            "app": app_name(connection),
            "actor": actor_fields(actor if actor is not None else caller(connection)),
            "action": action,
            "resource": {"type": resource, "id": None if resource_id is None else shorten(resource_id)},
            "outcome": outcome,
            "reason": reason,
            "request": request_fields(connection),
        }
        if details:
            event["details"] = redact(details)
        emit(json.dumps(event, ensure_ascii=False))
    except Exception as failure:  # noqa: BLE001 - an event that cannot be written must not break the request
        with contextlib.suppress(Exception):
            logging.getLogger(__name__).error("audit event %s was not written: %s", action, type(failure).__name__)


def record_denial(connection: HTTPConnection, reason: str) -> None:
    """Write the one `denied` line of a request that a guard refuses. Never raises."""
    declared = _declaration(connection)
    _write_once(connection, declared.action, declared.resource, "denied", reason)


def _write_once(
    connection: HTTPConnection, action: "str | None", resource: "str | None", outcome: str, reason: "str | None"
) -> None:
    record = _record(connection)
    if record.written:
        return
    record.written = True
    record_event(
        action or derived_action(connection),
        resource=resource,
        resource_id=resource_id_of(connection, resource),
        outcome=outcome,
        reason=reason,
        connection=connection,
    )


def _record(connection: HTTPConnection) -> RequestRecord:
    record: RequestRecord | None = connection.scope.get(_STATE)
    if record is None:
        given = connection.headers.get("x-request-id", "")
        record = RequestRecord(given if REQUEST_ID.fullmatch(given) else str(uuid.uuid4()))
        connection.scope[_STATE] = record
    return record


def _declaration(connection: HTTPConnection) -> Declared:
    """What the route said through audited(), also when its guard refuses before that dependency had its turn."""
    for depends in getattr(connection.scope.get("route"), "dependencies", None) or []:
        declared = getattr(getattr(depends, "dependency", None), "declared", None)
        if isinstance(declared, Declared):
            return declared
    return Declared(None, None)


def outcome_of(failure: BaseException) -> "tuple[str, str]":
    """Outcome and reason of a request that ended in an exception, whose own text stays out: it may hold data."""
    if isinstance(failure, HTTPException):
        outcome, reason = outcome_of_status(failure.status_code)
        return outcome, reason or f"{failure.status_code}"
    if isinstance(failure, PermissionError):
        return "denied", type(failure).__name__
    return "error", type(failure).__name__


def outcome_of_status(status: int) -> "tuple[str, str | None]":
    """Outcome and reason that belong to a status code."""
    if status < 400:
        return "success", None
    with contextlib.suppress(ValueError):
        return "denied" if status in {401, 403} else "error", f"{status} {HTTPStatus(status).phrase}"
    return "error", str(status)


def derived_action(connection: HTTPConnection) -> str:
    """`orders.delete` for DELETE /orders/{order_id}."""
    values = {str(value) for value in (connection.scope.get("path_params") or {}).values()}
    words = [word for word in connection.scope.get("path", "").split("/") if word and word not in values]
    verb = VERBS.get(connection.scope.get("method", ""), "use")
    return f"{re.sub(r'[^A-Za-z0-9_]+', '_', words[-1]) if words else 'app'}.{verb}"


def resource_id_of(connection: HTTPConnection, resource: "str | None") -> "object | None":
    """The path parameter that names the resource: `order_id`, `id`, else the last one."""
    parameters = connection.scope.get("path_params") or {}
    for name in (f"{resource}_id", f"{resource}_uuid", "id", *reversed(list(parameters))):
        if name in parameters:
            return "[redacted]" if SECRET_NAME.search(name) else parameters[name]
    return None


def request_fields(connection: "HTTPConnection | None") -> "dict[str, str | None]":
    """The request, without its query string; a path parameter that looks like a secret does not show."""
    if connection is None:
        return {"id": None, "method": None, "path": None, "ip": None}
    path = str(connection.scope.get("path", ""))
    for name, value in (connection.scope.get("path_params") or {}).items():
        if SECRET_NAME.search(name):
            path = path.replace(str(value), "[redacted]")
    return {
        "id": _record(connection).request_id,
        "method": connection.scope.get("method", "WEBSOCKET"),
        "path": shorten(path),
        "ip": connection.client.host if connection.client else None,
    }


def caller(connection: "HTTPConnection | None") -> "object | None":
    """The principal that the guard left on the request."""
    if connection is None:
        return None
    state = connection.scope.get("state") or {}
    return state.get("principal") or state.get("user") or connection.scope.get("user")


def actor_fields(actor: "object | None") -> "dict[str, str | None]":
    """`id`, `kind` and `tenant` of a Principal, or of an app's own user object."""
    if actor is None:
        return {"id": None, "kind": "anonymous", "tenant": None}

    def first(*names: str) -> "str | None":
        values = (actor.get(name) if isinstance(actor, dict) else getattr(actor, name, None) for name in names)
        return next((shorten(value) for value in values if value is not None), None)

    return {
        "id": first("subject", "sub", "id", "user_id", "email", "username"),
        "kind": first("kind") or "human",
        "tenant": first("tenant", "tenant_id", "org_id", "organization_id"),
    }


def app_name(connection: "HTTPConnection | None") -> str:
    """The title of the app, or the name of its folder if it has none of its own."""
    title = str(getattr(connection.scope.get("app"), "title", "") if connection else "")
    return title if title not in {"", "FastAPI"} else os.environ.get("APP_NAME") or Path.cwd().name


def redact(value: Any, name: str = "") -> Any:
    """The value as JSON data, with everything replaced whose name looks like a secret."""
    if SECRET_NAME.search(name):
        return "[redacted]"
    if isinstance(value, dict):
        return {str(key): redact(item, str(key)) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redact(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float)) else shorten(value)


def shorten(value: object) -> str:
    """The value as text of bounded length."""
    return str(value)[:LONGEST_TEXT]


def utc_now() -> str:
    """The time as RFC 3339 in UTC, with milliseconds."""
    now = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}Z"


def retention_days() -> "int | None":
    """How long records are to be kept; None means that nothing is deleted."""
    text = os.environ.get("AUDIT_RETENTION_DAYS", "")
    return int(text) if text.isdigit() and int(text) > 0 else None


class StdoutHandler(logging.StreamHandler[TextIO]):
    """Writes to whatever stdout is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout
        super().emit(record)


class DailyFile(logging.handlers.WatchedFileHandler):
    """Appends to one file; the first line of a new day (UTC) moves the old one aside. Processes may share it."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError):
            self.rotate()
        super().emit(record)

    def rotate(self) -> None:
        """Move yesterday's file aside under its date, and delete what is older than the retention."""
        file = Path(self.baseFilename)
        last_written = time.strftime("%Y-%m-%d", time.gmtime(file.stat().st_mtime))
        if last_written == time.strftime("%Y-%m-%d", time.gmtime()) or file.stat().st_size == 0:
            return
        aside = file.with_name(f"{file.name}.{last_written}")
        try:  # link() fails if the name exists: of several processes exactly one moves the file and none overwrites it
            os.link(file, aside)
            file.unlink()
        except OSError:  # another process was first, or the file system has no links
            if not aside.exists():
                file.rename(aside)
        self.expire(file)

    @staticmethod
    def expire(file: Path) -> None:
        """Delete the rotated files that are older than AUDIT_RETENTION_DAYS."""
        days = retention_days()
        if days is None:
            return
        oldest = time.strftime("%Y-%m-%d", time.gmtime(time.time() - days * 86400))
        for old in file.parent.glob(f"{file.name}.????-??-??"):
            if old.name[-10:] < oldest:
                old.unlink(missing_ok=True)


_emitting = threading.Lock()
_files: "dict[str, DailyFile]" = {}


def emit(line: str) -> None:
    """Send a line to the logger "audit" and, if AUDIT_FILE is set, to that file."""
    logger = logging.getLogger("audit")
    with _emitting:
        logger.disabled = False  # dictConfig() switches off every logger that it does not name
        if not logger.handlers:
            logger.addHandler(StdoutHandler())
            logger.setLevel(logging.INFO)
        if any(isinstance(handler, StdoutHandler) for handler in logger.handlers):
            # Not a second time on the console through the root logger; handlers of other kinds still get it.
            consoles = {getattr(handler, "stream", None) for handler in logging.getLogger().handlers}
            logger.propagate = consoles.isdisjoint({sys.stdout, sys.stderr})
    record = logger.makeRecord(logger.name, logging.INFO, __file__, 0, line, (), None)
    try:
        if path := os.environ.get("AUDIT_FILE"):
            audit_file(path).handle(record)
    finally:
        logger.handle(record)


def audit_file(path: str) -> DailyFile:
    """The one open handler for a path in this process."""
    with _emitting:
        if path not in _files:
            _files[path] = DailyFile(path, encoding="utf-8", delay=True)
        return _files[path]


class AuditTrail:
    """ASGI middleware: a `denied` line for a refused request that has none yet, and the true status for audited()."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        connection, status = HTTPConnection(scope), [500]
        record = _record(connection)
        record.watched = True

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            declared = record.waiting
            outcome, reason = outcome_of_status(status[0])
            if declared:
                _write_once(connection, declared.action, declared.resource, outcome, reason)
            elif outcome == "denied":
                record_denial(connection, reason or "")
        return None
