"""The WSGI entry point, for gunicorn and `runserver` alike."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from traceapp import embedded
from traceapp.chunked import ChunkedBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceapp.settings")

application = ChunkedBodies(get_wsgi_application(), limit=settings.MAX_BODY_BYTES)
embedded.join()
