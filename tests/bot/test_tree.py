"""A folder is read within limits, and whatever is passed over is named with its reason."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import TenonError
from bot.tree import read_tree
from transforms.source import MAX_BYTES


def reasons(root: Path) -> dict[str, str]:
    return {each.path: str(each.reason) for each in read_tree(root).skipped}


def paths(root: Path) -> list[str]:
    return [source.path for source in read_tree(root).sources]


def test_files_come_with_paths_from_the_root_in_one_order(tmp_path: Path) -> None:
    for name in ("b.py", "a/z.py", "a/b/c.py", "a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert paths(tmp_path) == ["a.py", "b.py", "a/z.py", "a/b/c.py"]


@pytest.mark.parametrize("folder", ["node_modules", "venv", "site-packages", "vendor"])
def test_a_vendored_folder_is_one_line_and_is_not_entered(tmp_path: Path, folder: str) -> None:
    (tmp_path / "web" / folder / "deep").mkdir(parents=True)
    (tmp_path / "web" / folder / "deep" / "app.py").write_text("")
    assert reasons(tmp_path) == {f"web/{folder}/": "vendored"}
    assert paths(tmp_path) == []


def test_a_virtual_environment_is_known_under_any_name(tmp_path: Path) -> None:
    (tmp_path / "my-env").mkdir()
    (tmp_path / "my-env" / "pyvenv.cfg").write_text("")
    assert reasons(tmp_path) == {"my-env/": "vendored"}


def test_what_tools_leave_behind_is_not_worth_a_word(tmp_path: Path) -> None:
    for name in (".git", "__pycache__", ".mypy_cache"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.py").write_text("")
    assert read_tree(tmp_path).paths == ()


def test_no_link_is_followed_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "key.py").write_text("")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "app" / "file.py").symlink_to(tmp_path / "outside" / "key.py")
    (tmp_path / "app" / "loop").symlink_to(tmp_path / "app")
    assert reasons(tmp_path / "app") == {"folder/": "symlink", "file.py": "symlink", "loop/": "symlink"}


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "data.py").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert reasons(tmp_path) == {"data.py": "too_large"}


def test_a_pipe_does_not_make_a_scan_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "queue.py")
    assert reasons(tmp_path) == {"queue.py": "not_a_file"}


@pytest.mark.parametrize(
    ("name", "shown"), [(b"\xff\xfe.py", "\\udcff\\udcfe.py"), (b"red\x1b[31m.py", "red\\x1b[31m.py")]
)
def test_a_name_that_no_surface_can_show_is_passed_over_and_shown_escaped(
    tmp_path: Path, name: bytes, shown: str
) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("")
    assert reasons(tmp_path) == {shown: "bad_name"}


def test_a_folder_that_may_not_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o000)
    is_root = os.geteuid() == 0  # to whom nothing is closed
    assert reasons(tmp_path) == ({} if is_root else {"closed/": "not_readable"})


def test_unwanted_files_are_seen_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"\0" * (MAX_BYTES + 1))
    (tmp_path / "app.py").write_text("")
    python: Callable[[str], bool] = lambda path: path.endswith(".py")  # noqa: E731
    tree = read_tree(tmp_path, python)
    assert [source.path for source in tree.sources] == ["app.py"]
    assert tree.skipped == ()
    assert set(tree.paths) == {"app.py", "film.mp4"}


def test_one_file_is_a_tree_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("x = 1\n")
    assert paths(tmp_path / "shop.py") == ["shop.py"]


def test_a_link_that_a_person_names_is_followed(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("x = 1\n")
    (tmp_path / "link.py").symlink_to(tmp_path / "shop.py")
    assert paths(tmp_path / "link.py") == ["link.py"]


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TenonError, match="no folder or file"):
        read_tree(tmp_path / "nothing")
