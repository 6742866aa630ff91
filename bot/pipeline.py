"""One job on one screen: delivery, snapshot, report, patches, published, remembered.

The methods are durable steps of `bot.jobs`. Each may run again after a crash, so each only *ensures*: `analyse` works
with a token that reads and hands over a stored plan; `publish` checks that plan and writes it with one that writes.
"""

from bot.analysis import analyse, triaged
from bot.forge import CheckRun, Forge, PublishedPull, PullRequest
from bot.jobs import SUPERSEDED, JobRequest, JobResult, JobState, Json, Reason
from bot.plan import Plan, digest_of, load
from bot.planning import make_plan
from bot.records import Records
from bot.services import Services
from bot.stacking import Stack
from bot.surfaces import check_run, comment
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
        forge, records = self.services.forge(request), self._records(request)
        stack = Stack(forge, records, request.pull_number)
        if "plan" not in digest:
            ours = stack.retarget(digest["base"]) if digest["merged"] else stack.close()
            return JobResult(JobState.DONE, f"the parent ended; its follow-up: {ours.url if ours else 'none'}")
        plan = self._kept(request, forge, digest["plan"])
        pull = stack.publish(plan)
        run = forge.ensure_check(_told(plan, pull, stack))
        records.wrote(forge.repository(), "check", str(run), plan.head_sha)
        if (text := _comment(plan, pull, stack)) is not None and forge.capabilities().may_comment:
            number = forge.ensure_comment(plan.parent, comment.TAG, text)
            records.wrote(forge.repository(), "comment", str(number), plan.head_sha)
        self.services.plans.forget(digest["plan"])
        return JobResult(JobState.DONE, f"{plan.findings} findings, follow-up: {pull.url if pull else 'none'}")

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

    def _records(self, request: JobRequest) -> Records:
        return Records(self.services.store, request, self.services.clock)


def _head(request: JobRequest, forge: Forge) -> str:
    return request.head_sha or forge.pull(request.pull_number).head_sha


def _told(plan: Plan, pull: PublishedPull | None, stack: Stack) -> CheckRun:
    """The check run, with a link to the follow-up or the reason why there is none."""
    if pull is None and plan.commits and plan.wants_follow_up and not stack.has_right():
        return check_run.without_right(plan.check)
    return check_run.pointing_to(plan.check, pull.url if pull else None)


def _comment(plan: Plan, pull: PublishedPull | None, stack: Stack) -> str | None:
    """What the one comment says; None where a comment would only repeat the check run, or a person said no."""
    if pull is not None:
        return comment.with_follow_up(pull, plan.findings, plan.todo)
    if not plan.commits or plan.mode is Mode.MONITOR or stack.was_refused():
        return None
    why = "It comes from a fork, so the patch is here instead." if plan.from_fork else "Apply the patch by hand."
    return comment.with_patch(plan.diff, plan.findings, why)
