"""The history is searched by blob, each once; it says since when and where a value stands, and never the value."""

import argparse
import json
import os
import subprocess
from pathlib import Path

import pytest

from bot.commands import secrets_history
from bot.errors import TenonError
from bot.facts_cache import FileCache, NoCache
from bot.history import Past, known_values, search, values_of_tree
from bot.tracked import git_directory
from transforms.secrets import sample

GUESSED = "q7" + "Wz" + "9kTr"
KEY = sample("stripe-key", 4)
DAY = 86_400
BEGUN = 1_700_000_000


class Repository:
    """A real git repository whose clock is ours."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.time = folder, BEGUN
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        clock = f"{self.time} +0000"
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@b.io",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@b.io",
            "GIT_AUTHOR_DATE": clock,
            "GIT_COMMITTER_DATE": clock,
        }
        command = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()

    def commit(self, **files: str | None) -> str:
        """Write files (`app__py` is app.py), a day later than the commit before; None takes one away."""
        self.time += DAY
        for name, text in files.items():
            path = self.folder / name.replace("__", ".")
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=x")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop")


def only(repository: Repository) -> Past:
    (past,) = search(repository.folder, NoCache(), values_of_tree(repository.folder)).secrets
    return past


def test_a_secret_that_is_gone_is_found_with_its_time_and_its_commits(repository: Repository) -> None:
    repository.commit(readme__md="hello\n")
    first = repository.commit(app__py=f'ADMIN_PASSWORD = "{GUESSED}"\n')
    second = repository.commit(app__py=f'import os\n\nADMIN_PASSWORD = "{GUESSED}"\n')
    repository.commit(app__py='import os\n\nADMIN_PASSWORD = os.environ["ADMIN_PASSWORD"]\n')
    past = only(repository)
    assert (past.kind, past.name, past.paths) == ("account-password", "ADMIN_PASSWORD", ("app.py",))
    assert past.commits == (first, second)
    assert (past.since, past.until) == (BEGUN + 2 * DAY, BEGUN + 3 * DAY)
    assert not past.in_tree


def test_a_secret_that_still_stands_is_said_to(repository: Repository) -> None:
    repository.commit(app__py=f'ADMIN_PASSWORD = "{GUESSED}"\n')
    assert only(repository).in_tree


def test_the_same_value_in_several_files_is_one_secret(repository: Repository) -> None:
    repository.commit(app__py=f'ADMIN_PASSWORD = "{GUESSED}"\n', seed__py=f'user.set_password("{GUESSED}")\n')
    repository.commit(seed__py=None)
    past = only(repository)
    assert set(past.paths) == {"app.py", "seed.py"}
    assert len(past.commits) == 1


def test_other_branches_and_merges_are_history_too(repository: Repository) -> None:
    repository.commit(app__py="x = 1\n")
    repository.git("checkout", "--quiet", "-b", "side")
    repository.commit(pay__py=f'STRIPE_API_KEY = "{KEY}"\n')
    repository.git("checkout", "--quiet", "main")
    repository.commit(app__py="x = 2\n")
    assert only(repository).kind == "stripe-key"
    repository.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    (repository.folder / "merged.py").write_text(f'ADMIN_PASSWORD = "{GUESSED}"\n')
    merge = repository.commit()
    found = {past.kind: past for past in search(repository.folder, NoCache()).secrets}
    assert found["account-password"].commits == (merge,)
    assert len(found["stripe-key"].commits) == 1


def test_each_version_is_read_once_and_only_new_ones_later(repository: Repository, tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "history.sqlite")
    for number in range(5):
        repository.commit(app__py=f'X = {number}\nADMIN_PASSWORD = "{GUESSED}"\n', other__py=f"y = {number // 2}\n")
    first, second = search(repository.folder, cache), search(repository.folder, cache)
    assert (first.versions, first.read, second.read) == (8, 8, 0)
    assert first.secrets == second.secrets
    repository.commit(app__py="X = 9\n")
    third = search(repository.folder, cache)
    assert (third.versions, third.read) == (9, 1)
    assert len(third.secrets[0].commits) == 5
    repository.commit(app__py=f'X = 0\nADMIN_PASSWORD = "{GUESSED}"\n')  # a version that was there before
    assert search(repository.folder, cache).read == 0


def test_a_search_that_was_stopped_goes_on_where_it_was(repository: Repository, tmp_path: Path) -> None:
    for number in range(230):
        (repository.folder / f"m{number}.py").write_text(f"x = {number}\n")
    repository.commit(app__py=f'ADMIN_PASSWORD = "{GUESSED}"\n')
    cache = FileCache(tmp_path / "history.sqlite")

    def stop(done: int, _total: int) -> None:
        if done >= 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search(repository.folder, cache, progress=stop)
    assert search(repository.folder, cache).read == 31


def test_progress_is_told_from_the_first_to_the_last_version(repository: Repository) -> None:
    for number in range(230):
        (repository.folder / f"m{number}.py").write_text(f"x = {number}\n")
    repository.commit()
    told: list[tuple[int, int]] = []
    search(repository.folder, NoCache(), progress=lambda done, total: told.append((done, total)))
    assert told == [(100, 230), (200, 230), (230, 230)]


def test_a_known_value_has_its_story(repository: Repository) -> None:
    first = repository.commit(app__py=f'ADMIN_PASSWORD = "{GUESSED}"\n')
    repository.commit(pay__py=f'STRIPE_API_KEY = "{KEY}"\n')
    story = known_values(repository.folder, NoCache(), {GUESSED, "never-written-1"})
    assert {value: past.commits for value, past in story.items()} == {GUESSED: (first,)}


def test_placeholders_tests_and_vendored_files_are_left_out(repository: Repository) -> None:
    (repository.folder / "tests").mkdir()
    (repository.folder / "node_modules").mkdir()
    (repository.folder / "tests" / "test_a.py").write_text(f'PASSWORD = "{GUESSED}"\n')
    (repository.folder / "node_modules" / "a.js").write_text(f'const k = "{KEY}"\n')
    repository.commit(app__py='SECRET_KEY = "change-me"\n')
    assert search(repository.folder, NoCache()).secrets == ()
    assert [past.name for past in search(repository.folder, NoCache(), aside=True).secrets] == ["PASSWORD"]


def test_huge_and_unreadable_versions_are_passed_over(repository: Repository) -> None:
    (repository.folder / "big.py").write_bytes(b"x = 1\n" * 400_000)
    (repository.folder / "zero.env").write_bytes(b"\0\0")
    (repository.folder / "broken.py").write_text(f'def f(:\n    ADMIN_PASSWORD = "{GUESSED}"\n')
    repository.commit(settings__env=f"STRIPE_API_KEY={KEY}\n")
    assert [past.kind for past in search(repository.folder, NoCache()).secrets] == ["stripe-key"]


def test_a_bare_repository_and_one_around_a_folder_are_found(repository: Repository, tmp_path: Path) -> None:
    repository.commit(app__py=f'ADMIN_PASSWORD = "{GUESSED}"\n')
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", str(repository.folder), str(bare)], check=True)
    assert search(bare, NoCache(), values_of_tree(bare)).secrets[0].in_tree
    (repository.folder / "inside").mkdir()
    assert git_directory(repository.folder / "inside") == repository.folder / ".git"
    side = tmp_path / "side"
    repository.git("worktree", "add", "--quiet", "--detach", str(side))
    assert len(search(side, NoCache()).secrets) == 1
    with pytest.raises(TenonError, match="no git repository"):
        git_directory(Path("/"))


def test_names_of_files_that_nobody_can_print_are_passed_over(repository: Repository) -> None:
    (repository.folder / "a\x1b[31m.py").write_text(f'ADMIN_PASSWORD = "{GUESSED}"\n')
    repository.commit(app__py="x = 1\n")
    assert search(repository.folder, NoCache()).secrets == ()


LEAK = f'ADMIN_PASSWORD = "{GUESSED}"\n'


def test_every_commit_between_its_coming_and_its_going_holds_it(repository: Repository) -> None:
    repository.commit(app__py="x = 1\n")
    repository.commit(app__py=LEAK)
    for number in range(5):
        repository.commit(other__py=f"x = {number}\n")
    repository.commit(app__py="x = 2\n")
    repository.commit(other__py="x = 9\n")
    past = only(repository)
    assert (len(past.commits), past.holding) == (1, 6)


def test_a_copy_in_another_file_holds_it_on(repository: Repository) -> None:
    repository.commit(app__py=LEAK)
    repository.commit(copy__py=LEAK)
    repository.commit(app__py=None)
    repository.commit(other__py="x = 1\n")
    repository.commit(copy__py=None)
    assert only(repository).holding == 4


def test_what_a_branch_brings_is_held_from_there_on(repository: Repository) -> None:
    repository.commit(app__py="x = 1\n")
    repository.git("checkout", "--quiet", "-b", "topic")
    repository.commit(app__py=LEAK)
    repository.commit(app__py=f"import os\n\n{LEAK}")
    repository.git("checkout", "--quiet", "main")
    repository.commit(other__py="x = 1\n")  # does not hold it
    repository.time += DAY
    repository.git("merge", "--quiet", "--no-ff", "--message=m", "topic")
    repository.commit(other__py="x = 2\n")
    past = only(repository)
    assert (len(past.commits), past.holding) == (2, 4)  # two of the branch, the merge, and one behind it


def test_what_a_merge_leaves_out_is_not_held_by_it(repository: Repository) -> None:
    repository.commit(app__py="x = 1\n")
    repository.git("checkout", "--quiet", "-b", "topic")
    repository.commit(app__py=LEAK)
    repository.git("checkout", "--quiet", "main")
    repository.commit(other__py="x = 1\n")
    repository.time += DAY
    repository.git("merge", "--quiet", "--strategy=ours", "--message=m", "topic")
    repository.commit(other__py="x = 2\n")
    assert only(repository).holding == 1


def test_two_values_are_counted_apart(repository: Repository) -> None:
    repository.commit(app__py=LEAK)
    repository.commit(app__py=LEAK + f'STRIPE_API_KEY = "{KEY}"\n')
    repository.commit(app__py=f'STRIPE_API_KEY = "{KEY}"\n')
    repository.commit(other__py="x = 1\n")
    found = search(repository.folder, NoCache(), values_of_tree(repository.folder)).secrets
    assert {past.name: past.holding for past in found} == {"ADMIN_PASSWORD": 2, "STRIPE_API_KEY": 3}


def command(repository: Repository, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    parser = argparse.ArgumentParser()
    secrets_history.configure(parser)
    status = secrets_history.run(parser.parse_args([str(repository.folder), *arguments]))
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_command_tells_it_in_words(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit(app__py=f'ADMIN_PASSWORD = "{GUESSED}"\n')
    repository.commit(app__py=f'STRIPE_API_KEY = "{KEY}"\n')
    cache = ("--cache", str(tmp_path / "kept" / "history.sqlite"))
    status, out, err = command(repository, *cache, capsys=capsys)
    assert status == 1
    counted = "in the files of 1 commit, written by 1 commit"
    assert f"Account password (ADMIN_PASSWORD): since 2023-11-15, {counted}, in the history alone" in out
    assert f"Stripe API key (STRIPE_API_KEY): since 2023-11-16, {counted}, still there" in out
    assert "2 versions were read" in out
    assert "2 of 2 versions" in err
    assert "0 versions were read" in command(repository, *cache, capsys=capsys)[1]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "kept").iterdir())
    for value in (GUESSED, KEY):
        assert value not in out + err
        assert value.encode() not in kept


def test_the_command_tells_it_to_programs(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    first = repository.commit(app__py=f'ADMIN_PASSWORD = "{GUESSED}"\n')
    repository.commit(app__py="x = 1\n")
    status, out, _ = command(repository, "--format", "json", "--no-cache", "--only-history", capsys=capsys)
    report = json.loads(out)
    assert status == 1
    assert report["secrets"][0]["commits"] == [first]
    assert report["secrets"][0]["holding"] == 1
    assert (report["secrets"][0]["since"], report["secrets"][0]["in_tree"]) == ("2023-11-15", False)
    repository.commit(app__py="x = 2\n")


def test_the_command_is_content_with_a_clean_history(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit(app__py="x = 1\n")
    assert command(repository, "--no-cache", capsys=capsys)[0] == 0


def test_what_a_partial_clone_lacks_is_counted_and_looked_at_once_it_is_there(
    repository: Repository, tmp_path: Path
) -> None:
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.commit(app__py=f'STRIPE_API_KEY = "{KEY}"\n')
    repository.commit(app__py="x = 1\n")
    clone, cache = tmp_path / "clone", FileCache(tmp_path / "history.sqlite")
    repository.git("clone", "--quiet", "--filter=blob:none", f"file://{repository.folder}", str(clone))
    some = search(clone, cache)
    assert (some.versions, some.read, some.missing, some.secrets) == (2, 1, 1, ())
    repository.git("-C", str(clone), "log", "-p", "--all")  # git gets what it has to show
    rest = search(clone, cache)
    assert (rest.read, rest.missing, len(rest.secrets)) == (1, 0, 1)


def test_the_command_says_what_it_could_not_look_at(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.commit(app__py=f'STRIPE_API_KEY = "{KEY}"\n')
    repository.commit(app__py="x = 1\n")
    clone = tmp_path / "clone"
    repository.git("clone", "--quiet", "--filter=blob:none", f"file://{repository.folder}", str(clone))
    parser = argparse.ArgumentParser()
    secrets_history.configure(parser)
    secrets_history.run(parser.parse_args([str(clone), "--no-cache"]))
    assert "not in this clone and not searched: 1 more" in capsys.readouterr().out
