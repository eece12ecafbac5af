"""What machines ask an installation: is it alive, is it ready."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotation.domain import health


@never_cache
@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """The web process answers; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when database, Redis, worker and scheduler are there, else 503; says what is missing."""
    found = health.check()
    return JsonResponse({"ready": found.is_ready, **found.parts}, status=200 if found.is_ready else 503)
