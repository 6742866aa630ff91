"""One job on one screen: delivery, snapshot, report, patches, published, remembered.

The methods are durable steps of `bot.jobs`. Each may run again after a crash, so each only *ensures*: `analyse` works
with a token that reads and hands over a stored plan; `publish` checks that plan and writes it with one that writes.
"""

from bot.analysis import analyse, triaged
from bot.forge import Forge, PublishedPull, PullRequest
from bot.jobs import SUPERSEDED, JobRequest, JobResult, JobState, Json, Reason
from bot.plan import Plan, digest_of, load
from bot.planning import make_plan
from bot.records import Records
from bot.services import Services
from bot.surfaces import check_run, comment
from bot.surfaces.follow_up import TRAILER, branch_name
from transforms.policy import Mode


class Pipeline:
    """Runs jobs with the services it is given (the `Runner` of `bot.jobs`)."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def begin(self, request: JobRequest) -> None:
        """Show at once that somebody looks."""
        if request.reason is not Reason.CLOSED:
            forge = self.services.forge(request)
            forge.ensure_check(check_run.in_progress(_head(request, forge), request.delivery))

    def analyse(self, request: JobRequest) -> Json:
        """Find and patch; returns the digest of the kept plan, or how the pull request ended."""
        forge = self.services.forge(request)
        pull = forge.pull(request.pull_number)
        if pull.state == "closed":
            return {"merged": pull.merged, "base": pull.base_ref}
        return {"plan": self._keep(self._make_plan(request, forge, pull))}

    def publish(self, request: JobRequest, digest: Json) -> JobResult:
        """Write what the plan says, as far as the mode and the installation's permissions allow."""
        forge = self.services.forge(request)
        if "plan" not in digest:
            return self._parent_ended(request, forge, merged=digest["merged"], base=digest["base"])
        plan = self._kept(request, forge, digest["plan"])
        records, repository = self._records(request), forge.repository()
        pull = self._follow_up(forge, plan)
        if pull is not None:
            records.wrote(repository, "follow-up", str(pull.number), pull.head_sha, pull.url)
        run = forge.ensure_check(check_run.pointing_to(plan.check, pull.url if pull else None))
        records.wrote(repository, "check", str(run), plan.head_sha)
        if (text := _comment(plan, pull)) is not None and forge.capabilities().may_comment:
            number = forge.ensure_comment(plan.parent, comment.TAG, text)
            records.wrote(repository, "comment", str(number), plan.head_sha)
        self.services.plans.forget(digest["plan"])
        return JobResult(JobState.DONE, f"{plan.findings} findings, follow-up {pull.url if pull else 'not needed'}")

    def fail(self, request: JobRequest, sentence: str) -> None:
        """A crash is never green."""
        forge = self.services.forge(request)
        tell = check_run.superseded if sentence == SUPERSEDED else check_run.crashed
        forge.ensure_check(tell(_head(request, forge), request.delivery, sentence))

    def _make_plan(self, request: JobRequest, forge: Forge, pull: PullRequest) -> Plan:
        mirror = self.services.mirror(forge.repository(), forge.fetch_credentials)
        commits = forge.pull_commits(pull.number)
        found = analyse(pull, commits, mirror, self.services.store.facts, self.services.limits)
        model = self.services.model(request, lambda: found.secret_values)
        found = triaged(found, model)
        self._records(request).analysed(found)
        return make_plan(found, request.delivery, model)

    def _keep(self, plan: Plan) -> str:
        data = plan.dump()
        self.services.plans.put(digest_of(data), data)
        return digest_of(data)

    def _kept(self, request: JobRequest, forge: Forge, digest: str) -> Plan:
        """The plan of the step before; made again on a host that adopted the job without it."""
        data = self.services.plans.get(digest)
        if data is not None:
            return load(data, digest)
        return self._make_plan(request, forge, forge.pull(request.pull_number))

    def _follow_up(self, forge: Forge, plan: Plan) -> PublishedPull | None:
        """The one follow-up pull request, or None where there is nothing to patch or no right to push."""
        able = forge.capabilities()
        if plan.mode not in (Mode.PATCH, Mode.ENFORCE) or plan.from_fork or not (able.may_push and able.may_open_pulls):
            return None
        if _is_frozen(forge, plan.branch):
            return forge.find_pull(plan.branch)
        if not plan.commits:
            self._close_ours(forge, plan.parent)
            return None
        forge.ensure_branch(plan.branch, plan.head_sha, plan.commits)
        return forge.ensure_pull(head=plan.branch, base=plan.head_ref, title=plan.title, body=plan.body)

    def _parent_ended(self, request: JobRequest, forge: Forge, *, merged: bool, base: str) -> JobResult:
        """Parent merged: ours goes to its base. Parent closed: ours is closed too."""
        ours = forge.find_pull(branch_name(request.pull_number))
        if ours is None:
            return JobResult(JobState.DONE, "the parent pull request ended; there was no follow-up")
        records, repository = self._records(request), forge.repository()
        if merged:
            forge.retarget_pull(ours.number, base)
            records.wrote(repository, "retarget", str(ours.number), ours.head_sha, ours.url)
            return JobResult(JobState.DONE, f"the parent was merged; #{ours.number} now goes to {base}")
        self._close_ours(forge, request.pull_number)
        records.wrote(repository, "close", str(ours.number), ours.head_sha, ours.url)
        return JobResult(JobState.DONE, f"the parent was closed; #{ours.number} is closed too")

    def _close_ours(self, forge: Forge, parent: int) -> None:
        if (ours := forge.find_pull(branch_name(parent))) is not None:
            forge.close_pull(ours.number)

    def _records(self, request: JobRequest) -> Records:
        return Records(self.services.store, request, self.services.clock)


def _is_frozen(forge: Forge, branch: str) -> bool:
    """Whether a person committed on our branch: then it is theirs, and nothing of it is overwritten."""
    head = forge.branch_sha(branch)
    return head is not None and TRAILER not in forge.commit_message(head)


def _head(request: JobRequest, forge: Forge) -> str:
    return request.head_sha or forge.pull(request.pull_number).head_sha


def _comment(plan: Plan, pull: PublishedPull | None) -> str | None:
    """What the one comment says; None where a comment would only repeat the check run."""
    if pull is not None:
        return comment.with_follow_up(pull, plan.findings, plan.todo)
    if plan.commits and plan.mode is not Mode.MONITOR:
        why = "It comes from a fork, so the patch is here instead." if plan.from_fork else "Apply the patch by hand."
        return comment.with_patch(plan.diff, plan.findings, why)
    return None
