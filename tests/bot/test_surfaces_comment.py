"""The one comment points to the follow-up, or carries the patch where Tenon may not push."""

from bot.forge import PublishedPull
from bot.surfaces import comment
from tests.bot.surface_samples import HOSTILE, alive

FOLLOW_UP = PublishedPull(8, "https://github.com/acme/shop/pull/8", "b" * 40)


def test_it_points_to_the_follow_up_and_says_what_is_left_to_do() -> None:
    text = comment.with_follow_up(FOLLOW_UP, 3, ["Set OIDC_ISSUER.", "Rotate the key."])
    assert "#8" in text
    assert "**3 missing control(s)**" in text
    assert "- Set OIDC" in text
    assert "- Rotate the key." in text


def test_it_stays_short_whatever_is_to_be_done() -> None:
    assert len(comment.with_follow_up(FOLLOW_UP, 3, [f"Do {number}" for number in range(100)]).splitlines()) < 20


def test_a_patch_stands_complete_in_a_fence() -> None:
    diff = "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n"
    text = comment.with_patch(diff, 1, "It comes from a fork.")
    assert f"diff\n{diff}" in text
    assert "git apply" in text
    assert "It comes from a fork." in text


def test_a_patch_that_could_end_its_fence_is_left_out() -> None:
    assert "<img" not in comment.with_patch("~~~~~~~~\n<img src=x>\n", 1, "Apply it by hand.")


def test_a_comment_keeps_within_githubs_limit() -> None:
    assert len(comment.with_patch("+x\n" * 50_000, 1, "Apply it by hand.")) <= comment.LIMIT


def test_nothing_of_a_hostile_name_comes_alive() -> None:
    assert alive(comment.with_follow_up(FOLLOW_UP, 1, [f"Look at {HOSTILE}"])) == []
