"""The Celery application: queues, delivery guarantees and the beat schedule."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceapp.settings")

app = Celery("traceapp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
