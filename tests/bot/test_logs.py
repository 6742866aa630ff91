"""Logs are JSON lines, and no credential gets through: not in a message, a field, or a traceback."""

import base64
import io
import json
import logging
import secrets
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import load
from bot.logs import REDACTED, JsonLines, Redactor, secret_values

ALPHABET = string.ascii_letters + string.digits


def token(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def jwt() -> str:
    part = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "typ": "JWT"}).encode()).decode().rstrip("=")
    return f"{part}.{token(40)}.{token(60)}"


def pem() -> str:
    label = "RSA PRIVATE " + "KEY"
    return f"-----BEGIN {label}-----\n{token(64)}\n{token(64)}\n-----END {label}-----"


SHAPES = {
    "github_app": lambda: "gh" + "s_" + token(36),
    "github_fine": lambda: "github" + "_pat_" + token(40),
    "openai": lambda: "sk" + "-proj-" + token(40),
    "stripe": lambda: "sk" + "_live_" + token(24),
    "slack": lambda: "xox" + "b-" + token(24),
    "aws": lambda: "AK" + "IA" + "".join(secrets.choice(string.ascii_uppercase) for _ in range(16)),
    "jwt": jwt,
    "pem": pem,
}


def logged(secret_list: list[str], *args: object, **options: object) -> dict[str, object]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Redactor(secret_list))
    handler.setFormatter(JsonLines())
    logger = logging.Logger("test")  # outside the process's tree of loggers
    logger.addHandler(handler)
    logger.error(*args, **options)  # type: ignore[arg-type]
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1, "one record is one line"
    return dict(json.loads(lines[0]))


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_shaped_like_a_credential_is_taken_out_everywhere(shape: str) -> None:
    value = SHAPES[shape]()
    try:
        raise ValueError(f"bad key {value}")
    except ValueError:
        line = logged([], "got %s here", value, exc_info=True, extra={"header": value, "many": [value]})
    assert value not in json.dumps(line)
    assert value.splitlines()[0] not in str(line)
    assert f"got {REDACTED} here" == line["message"]
    assert "ValueError" in str(line["traceback"])


@given(st.text(alphabet=ALPHABET, min_size=8, max_size=40))
def test_a_known_secret_is_taken_out_whatever_its_shape(value: str) -> None:
    assert Redactor([value]).clean(f"<{value}>") == f"<{REDACTED}>"


def test_a_password_in_a_url_and_an_authorization_header_are_taken_out() -> None:
    password = token(12)
    cleaned = Redactor().clean(f"postgresql://tenon:{password}@db/x and Authorization: Bearer {token(30)}")
    assert cleaned == f"postgresql://{REDACTED}@db/x and Authorization: Bearer {REDACTED}"


def test_ordinary_text_is_left_alone() -> None:
    text = "acme/shop#7 at 0123456789abcdef0123456789abcdef01234567, task-runner-of-the-day, http://127.0.0.1:80/x@y"
    assert Redactor().clean(text) == text


def test_extra_fields_and_level_are_part_of_the_line() -> None:
    line = logged([], "job ended", extra={"job": "d.1", "seconds": 0.5, "none": None})
    assert (line["level"], line["logger"], line["job"], line["seconds"], line["none"]) == (
        "ERROR",
        "test",
        "d.1",
        0.5,
        None,
    )


def test_a_line_break_in_a_message_does_not_forge_a_second_record() -> None:
    assert logged([], 'x\n{"level": "INFO"}')["message"] == 'x\n{"level": "INFO"}'


def test_the_settings_own_secrets_are_known_to_the_redactor() -> None:
    webhook, vault = token(20), token(20)
    config = load({"TENON_WEBHOOK_SECRET": webhook, "VAULT_TOKEN": vault})
    assert set(secret_values(config)) == {webhook, vault}
