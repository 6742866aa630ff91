"""Hostile files never reach the parser, and every refusal has a reason."""

import pytest

from transforms.source import MAX_BYTES, SkipReason, Unreadable, blob_sha, module_name, parse

DEPTH = 20_000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 1\n" * (MAX_BYTES // 6 + 1), SkipReason.TOO_LARGE),
        ("x = '\0'\n", SkipReason.BINARY),
        ("def broken(:\n", SkipReason.UNPARSABLE),
        ("This is prose, not Python.\n", SkipReason.UNPARSABLE),
        ("(" * DEPTH + ")" * DEPTH, SkipReason.TOO_DEEP),
        ("x = " + "[" * 150 + "]" * 150, SkipReason.TOO_DEEP),
        ("x = " + "1+" * DEPTH + "1", SkipReason.TOO_DEEP),
        ("x = " + "f(1,2)+" * DEPTH + "1", SkipReason.TOO_DEEP),
        ("x = " + "-" * DEPTH + "1", SkipReason.TOO_DEEP),
        ("x = " + "not " * DEPTH + "1", SkipReason.TOO_DEEP),
        ("x = a" + ".b" * DEPTH, SkipReason.TOO_DEEP),
        ("x = f" + "()" * DEPTH, SkipReason.TOO_DEEP),
        ("if a:\n f(1,2)\n" + "elif b:\n f(1,2)\n" * DEPTH, SkipReason.TOO_DEEP),
    ],
    ids=lambda value: value.value if isinstance(value, SkipReason) else "",
)
def test_a_hostile_file_is_refused_with_its_reason(text: str, reason: SkipReason) -> None:
    with pytest.raises(Unreadable) as refused:
        parse(text.encode())
    assert refused.value.reason is reason


def test_a_file_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        parse("# caf\xe9\n".encode("latin-1"))
    assert refused.value.reason is SkipReason.NOT_UTF8


def test_a_long_but_flat_file_is_read() -> None:
    table = "ROWS = [\n" + "".join(f"    ({number}, 'row {number}'),\n" for number in range(5_000)) + "]\n"
    assert parse(table.encode()).code == table


@pytest.mark.parametrize("text", ["x = 1", "x = 1\r\ny = 2\r\n", "if x:\n\ty = 1\n", ""])
def test_a_module_prints_as_it_was_written(text: str) -> None:
    assert parse(text.encode()).code == text


def test_a_byte_order_mark_is_left_out_of_the_module() -> None:
    assert parse(b"\xef\xbb\xbfx = 1\n").code == "x = 1\n"


def test_a_blob_sha_is_gits_own() -> None:
    assert blob_sha(b"hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"  # git hash-object


@pytest.mark.parametrize(
    ("path", "module"),
    [("app/orders.py", "app.orders"), ("app/__init__.py", "app"), ("main.py", "main"), ("a/b/c.py", "a.b.c")],
)
def test_a_module_is_named_after_its_path(path: str, module: str) -> None:
    assert module_name(path) == module
