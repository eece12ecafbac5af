"""Thin Celery entry points: each loads nothing but ids, makes one domain call and logs."""

from celery import shared_task

from annotation.domain import health
from annotation.domain.projects import accounts
from annotation.jobs import JobName


@shared_task(name=JobName.HEARTBEAT)
def heartbeat() -> None:
    """The scheduler rang and a worker answered."""
    health.beat(health.SCHEDULER)


@shared_task(name=JobName.SEND_PASSWORD_RESET)
def send_password_reset(*, email: str, base_url: str) -> None:
    """Somebody asked for a new password."""
    accounts.send_reset(email=email, base_url=base_url)
