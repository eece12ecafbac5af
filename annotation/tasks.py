"""Thin Celery entry points: each loads nothing but ids, makes one domain call and logs."""

from celery import shared_task

from annotation.domain import health
from annotation.jobs import JobName


@shared_task(name=JobName.HEARTBEAT)
def heartbeat() -> None:
    """The scheduler rang and a worker answered."""
    health.beat(health.SCHEDULER)
