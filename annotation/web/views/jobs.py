"""Long work: what runs and ran, how far it is, and the button that stops it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from annotation.domain.access import Capability
from annotation.domain.paging import BadCursorError, page
from annotation.domain.queues import filling, unfilling
from annotation.domain.work import jobs, progress
from annotation.models import Job, Queue
from annotation.web.access import job_of, member, visible
from annotation.web.http import MemberRequest, page_or_fragment

SIZE = 50
STOP_POLLING = 286
_OUTCOMES = {
    filling.KIND: {
        "added": "added",
        "restored": "put back",
        "present": "stood there already",
        "removed": "had been removed and stay so",
        "over": "did not fit, as the queue takes no more",
    },
    unfilling.KIND: {"taken_out": "taken out", "stayed": "stay, since somebody is or was at them"},
}
"""What is said of the counts in a job's result; of the first one also when it is none."""


@require_GET
@member(Capability.READ)
def job_list(request: MemberRequest) -> HttpResponse:
    """The workspace's jobs, the latest first."""
    rows = visible(request, Job).select_related("created_by")
    try:
        found = page(rows, order=("-created_at", "-id"), size=SIZE, cursor=request.GET.get("cursor"))
    except BadCursorError as problem:
        raise Http404 from problem
    now = timezone.now()
    context = {
        "workspace": request.workspace,
        "jobs": [progress.of(job, now=now) for job in found.rows],
        "older": found.next_cursor,
    }
    return render(request, "jobs/list.html", context)


@require_GET
@member(Capability.READ)
def job_detail(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """One job; the page asks again every two seconds until the job has ended."""
    shown = progress.of(job_of(request, uuid), now=timezone.now())
    context = {
        "workspace": request.workspace,
        "progress": shown,
        "undo": _undo(request, shown),
        "outcome": _outcome(shown.job),
        "queue": _filled(request, shown.job),
        "may_cancel": shown.is_open and request.actor.may(Capability.EDIT),
    }
    status = STOP_POLLING if request.htmx and not request.htmx.boosted and not shown.is_open else 200
    return page_or_fragment(request, "jobs/job.html", context, fragment="job", status=status)


def _outcome(job: Job) -> str:
    """What came of filling a queue or taking back so far, in words; empty for other jobs and before their first step."""
    counts = [(job.result.get(name, 0), words) for name, words in _OUTCOMES.get(job.kind, {}).items() if job.result]
    return ", ".join(f"{count:,} {words}" for place, (count, words) in enumerate(counts) if count or not place)


def _filled(request: MemberRequest, job: Job) -> Queue | None:
    """The queue that the job fills; None for other jobs, and where it is not for this person."""
    return visible(request, Queue).filter(pk=job.plan["queue_id"]).first() if job.kind == filling.KIND else None


def _undo(request: MemberRequest, shown: progress.Progress) -> unfilling.Preview | None:
    """What undoing the job would take out of its queue; None if it cannot be undone."""
    if shown.is_open or shown.job.kind != filling.KIND or shown.job.result.get("undone_by"):
        return None
    return unfilling.preview(shown.job, now=timezone.now()) if request.actor.may(Capability.EDIT) else None


@require_POST
@member(Capability.EDIT)
def job_cancel(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Stop a job after the step that it is in; what it did so far stays."""
    job = job_of(request, uuid)
    if jobs.cancel(job=job, by=request.user, now=timezone.now()):
        messages.success(request, "The job is stopped. What it did so far stays.")
    else:
        messages.warning(request, "The job had ended before.")
    return redirect("job-detail", request.workspace.slug, job.uuid)
