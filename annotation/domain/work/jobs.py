"""Jobs: made, driven step by step, cancelled, found again.

A step and the note of how far it came are one transaction, taken with the job's row locked. So a job that is killed
anywhere goes on where it stood, and nothing is done twice; a sweep rings for jobs that nobody drives.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from annotation import jobs
from annotation.domain import audit
from annotation.models import Job, JobPayload, User, Workspace

log = structlog.get_logger(__name__)

#: Does a bounded piece of the work, notes in the job how far it came, and says whether all is done.
Step = Callable[[Job], bool]
#: Prepares a job for driving, such as reading its payload once.
Kind = Callable[[Job], Step]

MAX_PROBLEMS = 100
UNFINISHED = (Job.Status.WAITING, Job.Status.RUNNING)

_DRIVE_SECONDS = 30.0
_FORGOTTEN_AFTER = timedelta(seconds=60)
_MOST_FRUITLESS_DRIVES = 5
#: Jobs that a sweep rings for: all that an hour without Redis leaves behind, not some of them every half minute.
_RUNG_AT_ONCE = 1_000


def create(
    *,
    workspace: Workspace,
    kind: str,
    title: str,
    plan: Mapping[str, Any],
    by: User | None,
    payload: bytes | None = None,
) -> Job:
    """Note down long work and ring for somebody to do it."""
    with transaction.atomic():
        job = Job.objects.create(workspace=workspace, kind=kind, title=title[:200], plan=dict(plan), created_by=by)
        if payload is not None:
            JobPayload.objects.create(job=job, content=payload)
        audit.record("job.created", by=by, workspace=workspace, target=job, detail={"kind": kind})
        jobs.enqueue(jobs.JobName.DRIVE_JOB, job_id=job.pk)
    return job


def cancel(*, job: Job, by: User | None, now: datetime) -> bool:
    """Stop a job after the step that it is in; False if it had ended before."""
    with transaction.atomic():
        open_job = Job.objects.select_for_update().filter(pk=job.pk, status__in=UNFINISHED).first()
        if open_job is None:
            return False
        _finish(open_job, Job.Status.CANCELLED, now)
        audit.record("job.cancelled", by=by, workspace=job.workspace, target=job)
    return True


class GivenUpError(Exception):
    """Several workers in a row died, or lost the database, in the same step of a job."""


def drive(*, job_id: int, kinds: Mapping[str, Kind], after_step: Callable[[Job], None] | None = None) -> None:
    """Work on a job for a while; rings again if something is left. Does nothing if somebody else drives it."""
    until = time.monotonic() + _DRIVE_SECONDS
    step: Step | None = None
    if not _begin(job_id):
        return
    while time.monotonic() < until:
        try:
            with transaction.atomic():
                job = _locked(job_id)
                if job is None:
                    return
                step = step or kinds[job.kind](job)
                _take_step(job, step)
        except (OperationalError, InterfaceError):
            raise  # the database is away: the sweep rings again once it is back
        except Exception as problem:
            log.exception("job_failed", job=job_id)
            _fail(job_id, problem)
            return
        if after_step:
            after_step(job)
    jobs.enqueue(jobs.JobName.DRIVE_JOB, job_id=job_id)


def _begin(job_id: int) -> bool:
    """Count the drive before its first step, in a transaction of its own that outlives a killed worker."""
    with transaction.atomic():
        job = _locked(job_id)
        if job is None:
            return False
        job.fruitless_count += 1
        job.save(update_fields=["fruitless_count"])
    if job.fruitless_count <= _MOST_FRUITLESS_DRIVES:
        return True
    _fail(job_id, GivenUpError(f"its next step was begun {_MOST_FRUITLESS_DRIVES} times and never finished"))
    return False


def _locked(job_id: int) -> Job | None:
    unfinished = Job.objects.select_for_update(skip_locked=True, of=("self",)).select_related("workspace")
    return unfinished.filter(pk=job_id, status__in=UNFINISHED).first()


def _take_step(job: Job, step: Step) -> None:
    now = timezone.now()
    job.status, job.started_at, job.beat_at = Job.Status.RUNNING, job.started_at or now, now
    is_done = step(job)
    job.fruitless_count = 0
    job.save()
    if is_done:
        _finish(job, Job.Status.DONE, timezone.now())


def _finish(job: Job, status: str, now: datetime) -> None:
    job.status, job.finished_at = status, now
    job.save(update_fields=["status", "finished_at"])
    JobPayload.objects.filter(job=job).delete()


def _fail(job_id: int, problem: Exception) -> None:
    """What was done stays; the rest is not tried again by itself."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        job.failure = f"{type(problem).__name__}: {problem}"[:2000]
        job.save(update_fields=["failure"])
        _finish(job, Job.Status.FAILED, timezone.now())


def note_problem(job: Job, *, place: str, message: str) -> None:
    """Count something that could not be done, and keep the first hundred in words."""
    job.problem_count += 1
    if len(job.problems) < MAX_PROBLEMS:
        job.problems.append({"place": place, "message": message[:1000]})


def sweep(*, now: datetime) -> int:
    """Ring for jobs that wait or whose driver is gone; how many."""
    forgotten = Job.objects.filter(status__in=UNFINISHED).filter(created_at__lt=now - timedelta(seconds=10))
    quiet = forgotten.exclude(beat_at__gt=now - _FORGOTTEN_AFTER).order_by("created_at").values_list("pk", flat=True)
    for pk in (found := list(quiet[:_RUNG_AT_ONCE])):
        jobs.enqueue(jobs.JobName.DRIVE_JOB, job_id=pk)
    return len(found)
