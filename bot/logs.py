"""Logs as one JSON object a line, with everything that looks like a credential taken out on the way.

Redaction is the last net, not the first: no code logs a secret on purpose. It works on the finished text of a record
(message, extra fields and traceback), so a secret inside an exception's message does not get through either.
"""

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

from bot.config import Config

REDACTED = "[redacted]"
_SHAPES = (
    r"gh[opsur]_[0-9A-Za-z]{20,}",  # GitHub tokens
    r"github_pat_[0-9A-Za-z_]{20,}",
    r"(?:sk|pk|rk)[-_][0-9A-Za-z][0-9A-Za-z_-]{14,}",  # OpenAI, Stripe and those who copied them
    r"xox[abeoprs]-[0-9A-Za-z-]{10,}",
    r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    r"AIza[0-9A-Za-z_-]{30,}",
    r"eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}",  # JWT
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    r"(?i:(?<=bearer )|(?<=basic )|(?<=token ))[0-9A-Za-z._~+/=-]{16,}",
    r"(?<=://)[^\s/:@]*:[^\s/@]+(?=@)",  # user:password@ in a URL
)
_SHAPE = re.compile("(?<![0-9A-Za-z])(?:" + "|".join(_SHAPES) + ")")
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class Redactor(logging.Filter):
    """Takes known secret values, and all that is shaped like one, out of a record."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._values = sorted({value for value in secrets if len(value) >= 6}, key=len, reverse=True)

    def clean(self, text: str) -> str:
        """The text without secrets."""
        for value in self._values:
            text = text.replace(value, REDACTED)
        return _SHAPE.sub(REDACTED, text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; never drops one."""
        record.msg = self.clean(record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.clean(record.exc_text)
        record.exc_info = None
        for name in vars(record).keys() - _PLAIN:
            value = getattr(record, name)
            setattr(record, name, self.clean(value) if isinstance(value, str) else self._clean_other(value))
        return True

    def _clean_other(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        return self.clean(json.dumps(value, default=str))


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, the record's extra fields, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Render a record that the redactor has seen."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_text:
            line["traceback"] = record.exc_text
        return json.dumps(line, default=str, ensure_ascii=False)


def configure(config: Config) -> None:
    """Send all logs of this process to stderr as JSON lines, redacted. Replaces handlers set before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Redactor(secret_values(config)))
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=config.log_level.value, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every request's URL


def secret_values(config: Config) -> list[str]:
    """The values of the settings that are secret."""
    from pydantic import SecretStr

    values = (getattr(config, name) for name in type(config).model_fields)
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
