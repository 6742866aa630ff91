"""The one comment on the parent pull request, edited in place: where the follow-up is, or a patch to apply by hand."""

from collections.abc import Sequence

from bot.forge import PublishedPull
from bot.surfaces.markdown import code, cut, fold, prose

TAG = "tenon:summary"
LIMIT = 60_000


def with_follow_up(pull: PublishedPull, findings: int, todo: Sequence[str]) -> str:
    """Points to the follow-up pull request."""
    text = f"**{findings} missing control(s)** in this pull request. #{pull.number} adds them, with a proof for each."
    if todo:
        text += "\n\nBefore it goes live:\n\n" + "\n".join(f"- {prose(item)}" for item in todo[:10])
    return text


def with_patch(diff: str, findings: int, why: str) -> str:
    """A complete patch for `git apply`, where Tenon may not push."""
    fence = "~~~~~~~~"
    patch = cut(diff, LIMIT - 2_000) if fence not in diff else ""
    text = f"**{findings} missing control(s)** in this pull request. {why}"
    if patch:
        text += "\n\n" + fold(f"The patch: save it and run {code('git apply')}", f"{fence}diff\n{patch}\n{fence}")
    return text
