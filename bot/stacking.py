"""The life of the one follow-up pull request of a parent: opened, updated, frozen, retargeted, closed.

What a person does to it holds: a branch that somebody committed to is never overwritten, and one that somebody closed
is never opened again.
"""

from dataclasses import dataclass

from bot.forge import Forge, PublishedPull
from bot.plan import Plan
from bot.records import Records
from bot.surfaces.follow_up import TRAILER, branch_name

FOLLOW_UP, RETARGETED, CLOSED_BY_US = "follow-up", "retarget", "close"  # kinds of publication


@dataclass(frozen=True, slots=True)
class Stack:
    """The follow-up of one parent, on one forge."""

    forge: Forge
    records: Records
    parent: int

    def publish(self, plan: Plan) -> PublishedPull | None:
        """Ensure the follow-up that a plan asks for; None where there is none, or no right to make one."""
        if not self._may_publish(plan):
            return None
        if self.is_frozen():
            return self.forge.find_pull(plan.branch)
        if not plan.commits:
            self.close()
            return None
        self.forge.ensure_branch(plan.branch, plan.head_sha, plan.commits)
        pull = self.forge.ensure_pull(head=plan.branch, base=plan.head_ref, title=plan.title, body=plan.body)
        self._note(FOLLOW_UP, pull)
        return pull

    def was_refused(self) -> bool:
        """Whether a person closed a follow-up of this parent: that is a no, and it holds."""
        published = self.records.publications()
        ended_by_us = {each.external_id for each in published if each.kind == CLOSED_BY_US}
        opened = {each.external_id for each in published if each.kind == FOLLOW_UP} - ended_by_us
        pulls = (self.forge.pull(int(number)) for number in opened)
        return any(pull.state == "closed" and not pull.merged for pull in pulls)

    def is_frozen(self) -> bool:
        """Whether a person committed on our branch: then it is theirs."""
        head = self.forge.branch_sha(branch_name(self.parent))
        return head is not None and TRAILER not in self.forge.commit_message(head)

    def retarget(self, base: str) -> PublishedPull | None:
        """The parent was merged: ours goes to where the parent went."""
        ours = self.forge.find_pull(branch_name(self.parent))
        if ours is not None:
            self.forge.retarget_pull(ours.number, base)
            self._note(RETARGETED, ours)
        return ours

    def close(self) -> PublishedPull | None:
        """The parent was closed, or nothing is missing any more: ours is closed too."""
        ours = self.forge.find_pull(branch_name(self.parent))
        if ours is not None:
            self._note(CLOSED_BY_US, ours)  # first: a crash in between must not look like a person's no
            self.forge.close_pull(ours.number)
        return ours

    def has_right(self) -> bool:
        """Whether the installation may push a branch and open a pull request."""
        able = self.forge.capabilities()
        return able.may_push and able.may_open_pulls

    def _may_publish(self, plan: Plan) -> bool:
        return plan.wants_follow_up and self.has_right() and not self.was_refused()

    def _note(self, kind: str, pull: PublishedPull) -> None:
        self.records.wrote(self.forge.repository(), kind, str(pull.number), pull.head_sha, pull.url)
