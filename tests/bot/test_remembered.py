"""What a patch says of the history: counted where there is one, in the time there is; honest where there is none."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.facts_cache import FactsCache, FileCache, NoCache
from bot.mirror import Mirror, MirrorSettings
from bot.remembered import MOST_COMMITS, NO_GIT, NO_HISTORY, NOT_FETCHED, TOO_LONG, remember, remember_files
from bot.surfaces.handover import Held, Remembered
from bot.tree import read_tree
from tests.bot.terminal import tenon
from tests.bot.test_history import Repository
from transforms.engine import Remedies, Report, remedies, scan
from transforms.policy import Policy
from transforms.secrets import sample

KEY, OTHER = sample("stripe-key", 4), sample("stripe-key", 5)
PAY = f'def pay():\n    stripe_api_key = "{KEY}"\n    return stripe_api_key\n'
FIRST_DAY = "2023-11-15"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop")


def found(folder: Path) -> tuple[Mapping[str, bytes], Report, Remedies]:
    """The files of a checkout, what was found in them, and the patches."""
    sources = read_tree(folder).sources
    report = scan(sources, Policy())
    return {each.path: each.content for each in sources}, report, remedies(sources, report, Policy())


def counted(folder: Path, repository: Path | None = None, seconds: float = 60.0) -> Remembered:
    files, report, mended = found(folder)
    assert mended.fixed
    return remember(mended.fixed, report.app, files, repository or folder, NoCache(), seconds=seconds)


def test_the_commits_that_hold_the_value_are_counted_and_dated(repository: Repository) -> None:
    repository.commit(pay__py=PAY)
    repository.commit(pay__py=PAY + "\n\nLIMIT = 3\n")
    repository.commit(readme__md="the value did not change\n")
    assert counted(repository.folder) == Remembered({"STRIPE_API_KEY": Held(2, FIRST_DAY, holding=3)})


def test_another_value_of_the_same_name_does_not_count(repository: Repository) -> None:
    repository.commit(pay__py=PAY.replace(KEY, OTHER))
    repository.commit(pay__py=PAY)
    assert counted(repository.folder).held["STRIPE_API_KEY"].commits == 1


def test_what_was_never_committed_is_said_to_be_in_no_commit(repository: Repository) -> None:
    repository.commit(readme__md="nothing yet\n")
    (repository.folder / "pay.py").write_text(PAY)
    assert counted(repository.folder) == Remembered({"STRIPE_API_KEY": Held(0, "")})


def test_a_placeholder_is_nobody_s_secret_and_is_not_looked_for(repository: Repository) -> None:
    repository.commit(app__py='import os\n\n\ndef key():\n    return os.getenv("SECRET_KEY", "change-me")\n')
    assert counted(repository.folder) == Remembered()


def test_nothing_is_searched_where_no_secret_leaves(tmp_path: Path) -> None:
    files, report, mended = found(tmp_path)
    assert remember(mended.fixed, report.app, files, tmp_path / "nowhere", NoCache()) == Remembered()


def shallow(repository: Repository, folder: Path) -> Path:
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.folder}", str(folder))
    return folder


def mirrored(repository: Repository, folder: Path) -> Path:
    """The mirror of a job, which holds the newest commits alone."""
    return mirror_of(repository, folder).path


def mirror_of(repository: Repository, folder: Path) -> Mirror:
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
    mirror = Mirror(folder, f"file://{repository.folder}", settings=MirrorSettings(allow_file_urls=True))
    mirror.fetch(repository.git("rev-parse", "HEAD"))
    return mirror


@pytest.mark.parametrize("clone", [shallow, mirrored])
def test_a_clone_without_history_says_that_nobody_searched(
    repository: Repository, clone: object, tmp_path: Path
) -> None:
    repository.commit(pay__py=PAY)
    repository.commit(pay__py=PAY + "\n\nLIMIT = 3\n")
    assert callable(clone)
    past = counted(repository.folder, clone(repository, tmp_path / "clone"))
    assert past == Remembered(unsearched=NO_HISTORY)


def test_where_there_is_no_git_the_page_says_so(tmp_path: Path) -> None:
    (tmp_path / "pay.py").write_text(PAY)
    assert counted(tmp_path) == Remembered(unsearched=NO_GIT)


def many(numbers: range) -> Iterator[tuple[str, str]]:
    return ((f"part_{number}__py", f"PASSWORD_{number} = read({number})\n") for number in numbers)


def test_a_search_that_takes_too_long_ends_and_the_next_one_goes_on(repository: Repository, tmp_path: Path) -> None:
    repository.commit(pay__py=PAY, **dict(many(range(250))))
    files, report, mended = found(repository.folder)
    cache = FileCache(tmp_path / "history.sqlite")
    told: list[tuple[int, int]] = []

    def search(seconds: float) -> Remembered:
        told.clear()
        return remember(
            mended.fixed, report.app, files, repository.folder, cache, seconds=seconds,
            progress=lambda done, total: told.append((done, total)),
        )  # fmt: skip

    assert search(0.0) == Remembered(unsearched=TOO_LONG)
    assert told == [(100, 251)]
    assert search(60.0).held["STRIPE_API_KEY"].commits == 1
    assert told == [(100, 151), (151, 151)]


def test_the_command_counts_shows_how_far_it_is_and_tells_no_value(repository: Repository, tmp_path: Path) -> None:
    repository.commit(pay__py=PAY)
    page = tmp_path / "handover.md"
    said = tenon("fix", repository.folder, "--no-cache", "--handover", page)
    text = page.read_text()
    assert said.status == 0
    assert (
        f"`STRIPE_API_KEY`: the history still holds the old value, in the files of 1 commit since {FIRST_DAY}, " in text
    )
    assert "» 1 of 1 versions of files read" in said.err
    assert KEY not in text
    assert KEY not in said.err


# --- a job, whose mirror holds the newest commits alone


def by_job(repository: Repository, mirror: Mirror, cache: FactsCache, seconds: float = 60.0) -> Remembered:
    files, report, mended = found(repository.folder)
    head = repository.git("rev-parse", "HEAD")
    mirror.fetch(head)
    return remember_files(mended.fixed, report.app, files, mirror, head, cache, seconds=seconds)


def test_a_job_fetches_the_commits_and_only_the_files_in_question(repository: Repository, tmp_path: Path) -> None:
    repository.commit(pay__py=PAY, other__py="x = 1\n")
    repository.commit(pay__py=PAY + "\n\nLIMIT = 3\n")
    other = repository.git("rev-parse", "HEAD:other.py")
    repository.commit(readme__md="the value did not change\n")
    mirror = mirror_of(repository, tmp_path / "mirror.git")
    past = by_job(repository, mirror, NoCache())
    assert past == Remembered({"STRIPE_API_KEY": Held(2, FIRST_DAY, searched=3, holding=3)})
    assert mirror.sizes([other]) == {}


def test_the_next_job_reads_only_what_is_new(repository: Repository, tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "facts.sqlite")
    repository.commit(pay__py=PAY)
    repository.commit(pay__py=PAY + "\n\nLIMIT = 3\n")
    mirror = mirror_of(repository, tmp_path / "mirror.git")
    assert by_job(repository, mirror, cache) == by_job(repository, mirror, cache)
    repository.commit(pay__py=PAY + "\n\nLIMIT = 4\n")
    assert by_job(repository, mirror, cache) == Remembered(
        {"STRIPE_API_KEY": Held(3, FIRST_DAY, searched=3, holding=3)}
    )


def test_a_job_needs_no_forge_for_a_history_that_it_has(repository: Repository, tmp_path: Path) -> None:
    repository.commit(pay__py=PAY)
    repository.commit(pay__py=PAY + "\n\nLIMIT = 3\n")
    mirror = mirror_of(repository, tmp_path / "mirror.git")
    first = by_job(repository, mirror, NoCache())
    assert by_job(repository, replace(mirror, url="file:///nowhere"), NoCache()) == first


def test_the_number_of_commits_is_bounded(repository: Repository, tmp_path: Path) -> None:
    for number in range(6):
        repository.commit(pay__py=PAY + f"\n\nLIMIT = {number}\n")
    mirror = mirror_of(repository, tmp_path / "mirror.git")
    head = repository.git("rev-parse", "HEAD")
    mirror.fetch_history(head, 4, 60.0)
    assert by_job(repository, mirror, NoCache()).held["STRIPE_API_KEY"] == Held(4, "2023-11-17", searched=4, holding=4)
    assert MOST_COMMITS >= 1_000


def test_a_value_that_the_commits_do_not_hold_is_said_not_to_be_found(repository: Repository, tmp_path: Path) -> None:
    repository.commit(readme__md="nothing yet\n")
    (repository.folder / "pay.py").write_text(PAY)
    mirror = mirror_of(repository, tmp_path / "mirror.git")
    assert by_job(repository, mirror, NoCache()) == Remembered({"STRIPE_API_KEY": Held(0, "", searched=1)})


def test_a_job_goes_on_where_the_history_cannot_be_fetched_in_time(repository: Repository, tmp_path: Path) -> None:
    repository.commit(pay__py=PAY)
    repository.commit(pay__py=PAY + "\n\nLIMIT = 3\n")
    mirror = mirror_of(repository, tmp_path / "mirror.git")
    gone = replace(mirror, url="file:///nowhere")
    assert by_job(repository, gone, NoCache()) == Remembered(unsearched=NOT_FETCHED)
