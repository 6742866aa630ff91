"""Whole apps of pages: what their patches change, to the byte, and that each proof fails before and passes after."""

from pathlib import Path

import pytest

from fixtures.apps import load
from tests.apart import run_pytest
from tests.transforms.page_apps import after, patched, write

PROOF = "tests/test_controls_identity.py"
SIGN_IN = 'if not st.user.get("is_logged_in"):\n    st.login()\n    st.stop()\n'
NEW = {".gitignore", ".streamlit/secrets.toml.example"}
SETTINGS = {"SESSION_KEY": "of this test", "LOGIN": "of this test"}


def text(name: str, path: str) -> str:
    return load(name)[path].decode()


def put_before(whole: str, line: str, new: str) -> str:
    assert whole.count(line) == 1
    return whole.replace(line, new + line)


EXPECTED: dict[str, dict[str, str]] = {
    "streamlit_stock": {
        "app.py": put_before(text("streamlit_stock", "app.py"), 'DATABASE = "stock.db"\n', SIGN_IN),
        "pages/1_Administration.py": put_before(
            text("streamlit_stock", "pages/1_Administration.py"), 'st.header("Administration")\n', SIGN_IN
        ),
        "requirements.txt": text("streamlit_stock", "requirements.txt") + "Authlib>=1.3.2,<2\n",
    },
    "streamlit_forgotten": {
        "pages/2_Payroll.py": put_before(
            text("streamlit_forgotten", "pages/2_Payroll.py"),
            'st.header("Payroll")\n',
            "from access.session import require_login\n\nrequire_login()\n",
        )
    },
    "gradio_desk": {
        "desk/main.py": text("gradio_desk", "desk/main.py").replace(
            'path="/desk")', 'path="/desk", auth_dependency=signed_in)'
        )
    },
}
FURTHER = {"streamlit_stock": NEW | {PROOF}, "streamlit_forgotten": set[str](), "gradio_desk": {PROOF}}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_patch_changes_exactly_this(name: str) -> None:
    result = patched(load(name))
    assert {path: result.files[path].decode() for path in EXPECTED[name]} == EXPECTED[name]
    assert set(result.files) - set(EXPECTED[name]) == FURTHER[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_second_run_changes_nothing(name: str) -> None:
    assert patched(after(name)).files == {}


def test_settings_are_named_and_hold_no_value() -> None:
    example = after("streamlit_stock")[".streamlit/secrets.toml.example"].decode()
    assert "[auth]" in example
    assert 'client_secret = ""' in example
    assert 'cookie_secret = ""' in example


def test_the_reader_is_told_what_the_sign_in_needs() -> None:
    (first, *_) = patched(load("streamlit_stock")).fixed
    assert any("secrets.toml" in step for step in first.todo)
    assert not any("OIDC_ISSUER" in step for step in first.todo)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["streamlit_stock", "gradio_desk"])
def test_the_proof_fails_before_the_patch_and_passes_after(name: str, tmp_path: Path) -> None:
    files = after(name)
    assert outcome(write(tmp_path / "after", files)) == 0
    assert outcome(write(tmp_path / "before", {**files, **load(name)})) == 1


def outcome(folder: Path) -> int:
    """The exit status of the proof in a process of its own."""
    return run_pytest(folder, "--rootdir", str(folder), PROOF, **SETTINGS).returncode
