"""What a plan holds of the patches: the files they change, and those that they take away."""

from bot.analysis import Analysis
from bot.origin import ModeChoice, Origin, Tier
from bot.planning import make_plan
from tests.e2e.test_chaos_control import DELIVERY, PULL
from transforms.engine import remedies, scan
from transforms.policy import Mode, Policy
from transforms.secrets import sample
from transforms.source import SourceFile

KEY = sample("stripe-key", 3)


def test_a_file_that_leaves_the_repository_is_taken_away_by_the_commit() -> None:
    sources = (SourceFile(".env", f"STRIPE_API_KEY={KEY}\n".encode()), SourceFile(".gitignore", b"*.pyc\n"))
    report = scan(sources, Policy())
    plan = make_plan(
        Analysis(
            pull=PULL,
            policy=Policy(),
            mode=ModeChoice(Mode.PATCH, "set by policy"),
            origin=Origin(Tier.NONE),
            report=report,
            remedies=remedies(sources, report, Policy()),
            changed=frozenset({".env"}),
            unread=frozenset(),
            postponed=0,
            collision="",
            texts={},
            secret_values=(KEY,),
        ),
        DELIVERY,
        None,
    )
    (commit,) = plan.commits
    assert commit.files[".env"] is None
    assert set(commit.files) == {".env", ".gitignore", ".env.example"}
    assert plan.diff == "", "its removed lines would show the value"
    assert KEY.encode() not in plan.dump()
