"""Handing out attachments: to whoever holds a link that was signed here, for a while, without a key."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from annotation.domain import throttle
from annotation.domain.ingest import attachments
from annotation.models import Attachment, RunShare

_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/", "video/", "text/plain")
"""What a browser shows without running anything; all else is bytes to it."""


def link(request: HttpRequest, attachment: Attachment, *, share: RunShare | None = None) -> str:
    """The address that hands out an attachment; one that is shown by a share ends with it."""
    path = reverse("langsmith:attachment", kwargs={"token": attachments.token(attachment, share=share)})
    return request.build_absolute_uri(path)


@require_GET
def attachment(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file, as something to save; 404 for links that are made up, too old or taken back."""
    if not throttle.passes_without_key(request.META):
        return _too_often()
    found = attachments.of_token(token, lasts=timedelta(seconds=settings.ATTACHMENT_LINK_SECONDS))
    if found is None:
        return _gone("This link is not valid any more: read the run again for a new one.")
    try:
        content = attachments.storage().open(found.path)
    except FileNotFoundError:
        return _gone("This attachment is not kept any more.")
    kind = found.mime_type if found.mime_type.startswith(_SHOWN) else "application/octet-stream"
    answer = FileResponse(content, as_attachment=True, filename=found.name, content_type=kind)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"  # once it is deleted or no longer shared, it is gone
    return answer


def _too_often() -> JsonResponse:
    answer = JsonResponse(
        {"detail": "More requests came from your address in this minute than it may send."}, status=429
    )
    answer["Retry-After"] = str(ceil(throttle.wait()))
    return answer


def _gone(why: str) -> JsonResponse:
    return JsonResponse({"detail": why}, status=404)
