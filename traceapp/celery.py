"""The Celery application: queues, delivery guarantees and the beat schedule.

A task is late-acknowledged, so one that was killed is delivered again: tasks are safe to run twice. Results are not
kept; rows say what happened.
"""

import logging.config
import os
from typing import Any

from celery import Celery, bootsteps, signals
from celery.schedules import crontab
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

from traceapp import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceapp.settings")

HEARTBEAT = "annotation.heartbeat"
_WORKER_BEAT_SECONDS = 5

app = Celery("traceapp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Everything that happens by the clock: name of the entry -> task, seconds between two rings (or a time of day), options.
# A ring that nobody took before the next one comes is worth nothing, hence `expires`.
app.conf.beat_schedule = {
    "sweep-jobs": {"task": "annotation.sweep_jobs", "schedule": 10.0, "options": {"expires": 20}},
    "settle-traces": {"task": "annotation.settle_traces", "schedule": 2.0, "options": {"expires": 4}},
    "fold-tallies": {"task": "annotation.fold_tallies", "schedule": 10.0, "options": {"expires": 10}},
    "join-logs": {"task": "annotation.join_logs", "schedule": 10.0, "options": {"expires": 20}},
    "sweep-notices": {"task": "annotation.sweep_notices", "schedule": 10.0, "options": {"expires": 20}},
    "send-digests": {"task": "annotation.send_digests", "schedule": 300.0, "options": {"expires": 300}},
    "let-go": {"task": "annotation.let_go", "schedule": crontab(hour="3", minute="0"), "options": {"expires": 3600}},
    "heartbeat": {"task": HEARTBEAT, "schedule": 10.0, "options": {"expires": 60}},
}


class WorkerBeat(bootsteps.StartStopStep):
    """Says every few seconds, from the worker's main process, that the worker is alive, however busy its tasks are."""

    requires = ("celery.worker.components:Timer",)

    def start(self, parent: Any) -> None:
        """Begin to beat."""
        from annotation.domain import health  # noqa: PLC0415 -- needs the app registry, which is loaded by now

        health.beat(health.WORKER)
        self.timer = parent.timer.call_repeatedly(_WORKER_BEAT_SECONDS, health.beat, (health.WORKER,))

    def stop(self, _parent: Any) -> None:
        """Beat no more."""
        self.timer.cancel()


app.steps["worker"].update({DjangoStructLogInitStep, WorkerBeat})


@signals.setup_logging.connect
def _log_like_the_web(**_unused: object) -> None:
    logging.config.dictConfig(settings.LOGGING)


@signals.celeryd_init.connect
@signals.beat_init.connect
def _need_services(**_unused: object) -> None:
    embedded.join()


@signals.beat_init.connect
def _ring_at_once(**_unused: object) -> None:
    app.send_task(HEARTBEAT, expires=60)
