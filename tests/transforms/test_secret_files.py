"""What a file is for: a name says something, and never all."""

import pytest

from transforms.secrets.files import FileRole, python_role, text_role

RUNS = b'PASSWORD = "..."\n'
TESTS = b"import pytest\n\n\ndef test_it():\n    assert True\n"


@pytest.mark.parametrize(
    "path",
    [
        "app/defaults.py",
        "config/default.py",
        "shop/default_settings.py",
        "template_mail.py",
        "dist_utils.py",
        "a/dist.py",
    ],
)
def test_settings_that_run_are_no_example_whatever_they_are_called(path: str) -> None:
    assert python_role(path, RUNS) is FileRole.APP


@pytest.mark.parametrize(
    "path",
    [
        "settings.example.py",
        "settings_example.py",
        "config_template.py",
        "config.dist.py",
        "examples/login.py",
        "docs/login.py",
        "docs_src/security/login.py",
        "shop/docs-src/login.py",
        ".claude/skills/pay/scripts/charge.py",
    ],
)
def test_what_is_made_to_be_copied_is_an_example(path: str) -> None:
    assert python_role(path, RUNS) is FileRole.EXAMPLE


@pytest.mark.parametrize(
    ("content", "role"), [(TESTS, FileRole.TEST), (RUNS, FileRole.APP)], ids=["with tests", "a script"]
)
def test_a_file_is_a_test_by_its_content_too(content: bytes, role: FileRole) -> None:
    assert python_role("scratch/test_admin.py", content) is role


@pytest.mark.parametrize(
    ("path", "role"),
    [
        (".env.example", FileRole.EXAMPLE),
        (".env.default", FileRole.EXAMPLE),
        (".env.dist", FileRole.EXAMPLE),
        ("config/settings.template.toml", FileRole.EXAMPLE),
        ("config/default.json", FileRole.CONFIG),
        ("defaults.ini", FileRole.CONFIG),
        (".env.production", FileRole.ENVIRONMENT),
        ("Dockerfile", FileRole.DEPLOY),
        ("docs/setup.md", FileRole.DOCS),
        (".claude/blueprints/k8s/apply.sh", FileRole.DOCS),
        (".cursor/mcp.json", FileRole.CONFIG),  # which is in use
    ],
)
def test_other_files_are_what_reads_them(path: str, role: FileRole) -> None:
    assert text_role(path) is role


def test_tests_that_say_so_in_the_plural_are_tests() -> None:
    assert python_role("core/tests_orders.py", TESTS) is FileRole.TEST
    assert python_role("core/tests_orders.py", RUNS) is FileRole.APP
