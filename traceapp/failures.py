"""What is answered when a request could not be worked off through no fault of its own."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views.defaults import page_not_found

from annotation.api import errors

RETRY_AFTER_SECONDS = 5


def failed(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: 503 with Retry-After while the database is away, so that programs try again; else 500."""
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    answer = _told(request, 503 if is_away else 500)
    if is_away:
        answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler404`: a page for people; for programs, which are known by the address or by a key, JSON."""
    if not (request.path.startswith("/api/") or "x-api-key" in request.headers or "Authorization" in request.headers):
        return page_not_found(request, exception)
    return errors.not_found(request)


def _told(request: HttpRequest, status: int) -> HttpResponse:
    if not request.path.startswith("/api/"):
        return HttpResponse(loader.get_template(f"{status}.html").render(), status=status)
    if status == 503:
        known = errors.body(
            "unavailable", "The database is not available at the moment; nothing was stored.", hint="Try again."
        )
    else:
        known = errors.body("failed", "Something went wrong here; it has been logged with the request's id.")
    return JsonResponse(known, status=status)
