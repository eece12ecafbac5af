"""A key has got another meaning: the verdicts of all traces that were judged under it follow."""

from uuid import UUID

from annotation.domain.feedback import deriving
from annotation.domain.work import jobs
from annotation.models import Feedback, Job, User, Workspace

KIND = "derive_verdicts"
BATCH = 500

_FIRST = UUID(int=0)


def ask(*, workspace: Workspace, key: str, by: User | None) -> Job | None:
    """Make the job that derives the verdicts anew; None if nothing was said under the key."""
    if not Feedback.objects.filter(workspace=workspace, key=key, trace_uuid__isnull=False).exists():
        return None
    title = f"Derive verdicts anew for the key {key}"
    return jobs.create(workspace=workspace, kind=KIND, title=title, plan={"key": key}, by=by)


def prepare(job: Job) -> jobs.Step:
    """The step that derives the next verdicts, in the order of the traces' UUIDs."""
    judged = Feedback.objects.filter(workspace=job.workspace_id, key=job.plan["key"], trace_uuid__isnull=False)

    def step(job: Job) -> bool:
        after = UUID(job.cursor["after"]) if job.cursor else _FIRST
        following = judged.filter(trace_uuid__gt=after).order_by("trace_uuid")
        found = list(following.values_list("trace_uuid", flat=True).distinct()[:BATCH])
        traces = [uuid for uuid in found if uuid]
        deriving.recompute(workspace_id=job.workspace_id, traces=traces)
        job.done_count += len(traces)
        if traces:
            job.cursor = {"after": str(traces[-1])}
        return len(traces) < BATCH

    return step
