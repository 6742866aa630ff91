"""Where an app records who did what: loggers for audit lines, and lines that call themselves that."""

import re

import libcst as cst

from transforms.concepts import AuditSink, Place, Signal
from transforms.walk import Handlers, Walk, dotted_name, string_value

NAME = "audit"
TOKENS = (b"audit", b"AUDIT", b"Audit")
# A text with the word in it, begun on the same line or on the one before.
_QUOTED = re.compile(rb"""["'](?:[^"'\n]*(?:[^0-9A-Za-z]|\\[a-z])|\W+)?(?:audit|AUDIT|Audit)(?![0-9A-Za-z])""")

_LOGGERS = frozenset({"getLogger", "get_logger", "getChild"})
_AUDIT = re.compile(r"(?:^|[\W_])audit(?:$|[\W_])", re.IGNORECASE)
_LINE = re.compile(r"\W*audit\b", re.IGNORECASE)
_LEVELS = frozenset({"info", "warning", "warn", "error", "critical", "log", "notice"})


def matters(content: bytes) -> bool:
    """Whether a text of the file says audit; `sys.audit("import")` of the interpreter is another thing."""
    return any(token in content for token in TOKENS) and _QUOTED.search(content) is not None


def read(walk: Walk) -> Handlers:
    """Leave AuditSink facts for loggers, and the signal RECORDS for functions that write audit lines."""

    def assigned(node: cst.Assign) -> None:
        target = node.targets[0].target
        if isinstance(target, cst.Name) and _is_audit_logger(node.value):
            symbol, path = f"{walk.symbol}.{target.value}", walk.path
            walk.emit(lambda place: _sink(symbol, place, path), node)

    def called(node: cst.Call) -> None:
        if not isinstance(node.func, cst.Attribute) or node.func.attr.value not in _LEVELS or not node.args:
            return
        if _is_audit_logger(node.func.value) or _LINE.match(_leading_text(node.args[0].value)):
            walk.signal(Signal.RECORDS)

    return {cst.Assign: assigned, cst.Call: called}


def _sink(symbol: str, place: Place, path: str) -> AuditSink:
    return AuditSink(symbol, place, path)


def _is_audit_logger(node: cst.BaseExpression) -> bool:
    """`logging.getLogger("audit")`, `structlog.get_logger("shop.audit")`."""
    if not isinstance(node, cst.Call) or not node.args:
        return False
    called = (dotted_name(node.func) or "").rpartition(".")[2]
    return called in _LOGGERS and _AUDIT.search(string_value(node.args[0].value) or "") is not None


def _leading_text(node: cst.BaseExpression) -> str:
    match node:
        case cst.FormattedString(parts=[cst.FormattedStringText(value=value), *_]):
            return value
        case cst.ConcatenatedString(left=left):
            return _leading_text(left)
    return string_value(node) or ""
