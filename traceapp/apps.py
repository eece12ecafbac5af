"""The project as an app: brings its management commands, and Celery into every process."""

import importlib

from django.apps import AppConfig


class TraceappConfig(AppConfig):
    """`traceapp`: no models, no pages."""

    name = "traceapp"

    def ready(self) -> None:
        """Make ours the current Celery application, so that jobs go to our broker from every process."""
        importlib.import_module("traceapp.celery")
