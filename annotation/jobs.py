"""The names of all background jobs, and the one way to ask for one: after commit, by name.

A leaf: lower layers start higher work through it without importing it. `annotation.tasks` registers a function under
every name; a test holds the two together.
"""

from __future__ import annotations

from enum import StrEnum
from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


class JobName(StrEnum):
    """Every task that may be asked for; the value is the name under which Celery knows it."""

    HEARTBEAT = "annotation.heartbeat"
    SETTLE_TRACES = "annotation.settle_traces"
    JOIN_LOGS = "annotation.join_logs"
    DRIVE_JOB = "annotation.drive_job"
    FOLD_TALLIES = "annotation.fold_tallies"
    LET_GO = "annotation.let_go"
    DELIVER_NOTICES = "annotation.deliver_notices"
    MAIL_NOTICES = "annotation.mail_notices"
    SEND_DIGESTS = "annotation.send_digests"
    SWEEP_NOTICES = "annotation.sweep_notices"
    SWEEP_JOBS = "annotation.sweep_jobs"
    SEND_PASSWORD_RESET = "annotation.send_password_reset"  # noqa: S105 -- a task's name


def enqueue(name: JobName, **ids: int | str) -> None:
    """Ring for a job once the surrounding transaction has committed; `ids` are its keyword arguments.

    The rows say what is to be done and a sweep finds what nobody rang for, so a broker that is away costs time and
    never an error in the caller.
    """
    transaction.on_commit(partial(_send, name, ids), robust=True)


def _send(name: JobName, ids: dict[str, int | str]) -> None:
    try:
        current_app.send_task(name.value, kwargs=ids, retry=False)
    except (OSError, KombuError, RedisError) as problem:
        log.warning("job_not_rung", job=name.value, problem=type(problem).__name__)
