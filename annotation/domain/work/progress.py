"""How far long work is, how fast it goes and when it will have ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from annotation.models import Job


@dataclass(frozen=True, slots=True)
class Progress:
    """`per_minute` and `ends_at` are None while there is too little to tell."""

    job: Job
    is_open: bool
    per_minute: float | None
    ends_at: datetime | None


def of(job: Job, *, now: datetime) -> Progress:
    """The progress of a job by its average pace so far."""
    is_open = job.status in {Job.Status.WAITING, Job.Status.RUNNING}
    until = job.finished_at or now
    seconds = (until - job.started_at).total_seconds() if job.started_at else 0
    pace = job.done_count / seconds if seconds >= 1 and job.done_count else None
    left = (job.total_count or 0) - job.done_count
    ends_at = now + timedelta(seconds=left / pace) if is_open and pace and left > 0 else None
    return Progress(job, is_open, pace * 60 if pace else None, ends_at)
