"""The project: wiring only, no logic. Everything the product knows lives in `annotation`."""

from traceapp.celery import app as celery_app

__all__ = ["celery_app"]
