"""Thin Celery entry points: each loads nothing but ids, makes one domain call and logs."""

from collections.abc import Mapping

from celery import shared_task
from django.utils import timezone

from annotation.domain import health
from annotation.domain.digests import composing as digest
from annotation.domain.digests import writing as digests
from annotation.domain.feedback import rederiving
from annotation.domain.feedback.taxonomy import driving as taxonomy
from annotation.domain.imports import plan as imports
from annotation.domain.imports import traces as imported_traces
from annotation.domain.ingest import receive_logs, repricing
from annotation.domain.notices import completions, delivering, mailing
from annotation.domain.projects import accounts
from annotation.domain.queues import asking_again, filling, unfilling
from annotation.domain.retention import deletion, keeping, partitions
from annotation.domain.rules import backfill, routing
from annotation.domain.traces import tallies
from annotation.domain.work import jobs
from annotation.jobs import JobName

KINDS: Mapping[str, jobs.Kind] = {
    imports.KIND: imported_traces.prepare,
    backfill.KIND: backfill.prepare,
    rederiving.KIND: rederiving.prepare,
    taxonomy.KIND: taxonomy.prepare,
    filling.KIND: filling.prepare,
    unfilling.KIND: unfilling.prepare,
    asking_again.KIND: asking_again.prepare,
    repricing.KIND: repricing.prepare,
    deletion.KIND: deletion.prepare,
    keeping.KIND: keeping.prepare,
}
"""How each kind of long work is driven."""


@shared_task(name=JobName.HEARTBEAT)
def heartbeat() -> None:
    """The scheduler rang and a worker answered."""
    health.beat(health.SCHEDULER)


@shared_task(name=JobName.SEND_PASSWORD_RESET)
def send_password_reset(*, email: str) -> None:
    """Somebody asked for a new password."""
    accounts.send_reset(email=email)


@shared_task(name=JobName.DRIVE_JOB)
def drive_job(*, job_id: int) -> None:
    """Somebody made a job, or it has something left to do."""
    jobs.drive(job_id=job_id, kinds=KINDS)


@shared_task(name=JobName.SWEEP_JOBS)
def sweep_jobs() -> None:
    """It is time to look for jobs that nobody drives."""
    jobs.sweep(now=timezone.now())


@shared_task(name=JobName.DELIVER_NOTICES)
def deliver_notices() -> None:
    """Something happened that somebody asked to be told of, or it is to be tried again."""
    delivering.deliver()


@shared_task(name=JobName.MAIL_NOTICES)
def mail_notices() -> None:
    """Somebody waits for a mail about what happened, or for a digest."""
    mailing.send_due(digest=digest.letter)


@shared_task(name=JobName.SEND_DIGESTS)
def send_digests() -> None:
    """It is time to look for whom the hour of the daily digest has come."""
    digests.write_due(now=timezone.now())


@shared_task(name=JobName.SWEEP_NOTICES)
def sweep_notices() -> None:
    """It is time to look for queues that are done, and for deliveries and mails that are due."""
    now = timezone.now()
    completions.note(now=now)
    delivering.sweep(now=now)
    mailing.sweep(now=now)


@shared_task(name=JobName.FOLD_TALLIES)
def fold_tallies() -> None:
    """It is time to put notes on projects' totals together."""
    tallies.fold()


@shared_task(name=JobName.JOIN_LOGS)
def join_logs() -> None:
    """It is time to look for log records that missed their run."""
    receive_logs.sweep(now=timezone.now())


@shared_task(name=JobName.SETTLE_TRACES)
def settle_traces() -> None:
    """It is time to look for traces that have come to rest."""
    routing.sweep_all()


@shared_task(name=JobName.LET_GO)
def let_go() -> None:
    """It is night: time to look for traces that their projects no longer keep, and for the turn of a month."""
    now = timezone.now()
    partitions.turn(now=now)
    keeping.start_due(now=now)
    delivering.forget(now=now)
