"""Thin Celery entry points: each loads nothing but ids, makes one domain call and logs."""
