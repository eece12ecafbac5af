"""All addresses, for an SDK that asks for something that is not served: the protocol's own refusal, never a page."""

from django.http import HttpRequest, JsonResponse
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt

SHOWN = 200
"""Characters of the address that the refusal repeats."""


@csrf_exempt  # it changes nothing, whoever asks
def unserved(request: HttpRequest) -> JsonResponse:
    """404 with what was asked for, which the SDKs raise as their error for what is not there."""
    asked = f"{request.method} {request.path[:SHOWN]}"
    return JsonResponse(
        {"detail": f"{asked} is not served here; docs/langsmith.md lists the calls that are."}, status=404
    )


urlpatterns = [re_path(r"^", unserved)]
