"""How a job must end whatever happened on the way: one follow-up pull request, one check run, one comment."""

from fixtures.github import GitHubDouble
from fixtures.github.records import CheckRun, Comment, Pull
from tests.e2e.scenes import SHOP


def ours(double: GitHubDouble) -> list[Pull]:
    """Every pull request that Tenon ever opened, closed ones too."""
    return [pull for pull in double.pulls(SHOP) if pull.head_ref.startswith("tenon/")]


def checks(double: GitHubDouble, number: int) -> list[CheckRun]:
    """All check runs on the head of a pull request."""
    return list(double.check_runs(SHOP, double.pull(SHOP, number).head_sha))


def comments(double: GitHubDouble, number: int) -> list[Comment]:
    """All comments on a pull request; in these tests nobody else comments."""
    return list(double.comments(SHOP, number))


def assert_published_once(double: GitHubDouble, number: int) -> None:
    """One of each, finished and pointing to each other, and nothing that GitHub's description forbids."""
    (pull,) = ours(double)
    (check,) = checks(double, number)
    (comment,) = comments(double, number)
    assert pull.state == "open"
    assert (check.name, check.status, check.conclusion) == ("Tenon", "completed", "neutral"), check.summary
    assert check.details_url is not None
    assert check.details_url.endswith(f"/pull/{pull.number}")
    assert len({repr(sorted(each.items(), key=str)) for each in check.annotations}) == len(check.annotations)
    assert f"#{pull.number}" in comment.body
    controls = _controls(double, pull)
    assert controls
    assert len(set(controls)) == len(controls), "one commit for each control"
    assert double.violations == []


def _controls(double: GitHubDouble, pull: Pull) -> list[str]:
    """The control of each commit that Tenon put on its branch."""
    lines = [line for commit in double.log(SHOP, pull.head_ref) for line in commit.message.splitlines()]
    return [line for line in lines if line.startswith("Tenon-Control:")]
