"""How a queue is getting on, and its reviews as a file."""

from __future__ import annotations

from codecs import BOM_UTF8
from itertools import chain
from uuid import UUID

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.domain.datasets.writers import Format
from annotation.domain.queues import counts
from annotation.domain.reviews import coding, export
from annotation.domain.reviews.quality import pace
from annotation.web.access import member, queue_of
from annotation.web.http import MemberRequest


@require_GET
@member(Capability.READ)
def queue_reviews(request: MemberRequest, uuid: UUID) -> StreamingHttpResponse:
    """All reviews as a file: `?format=csv` or `jsonl`. The CSV begins with a byte order mark, by which Excel knows UTF-8."""
    queue = queue_of(request, uuid)
    try:
        form = Format(request.GET.get("format", Format.JSONL))
    except ValueError as problem:
        raise Http404 from problem
    headers = {"Content-Disposition": f'attachment; filename="{export.file_name(queue, form)}"'}
    mark = [BOM_UTF8] if form is Format.CSV else []
    lines = chain(mark, export.stream(queue, form))
    return StreamingHttpResponse(lines, content_type=form.content_type, headers=headers)


@require_GET
@member(Capability.READ)
def queue_progress(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Pace, forecast, age of what waits, and who did how much in the last days."""
    queue = queue_of(request, uuid)
    context = {
        "workspace": request.workspace,
        "queue": queue,
        "counts": counts.of_queue(queue, person=None),
        "may_edit": request.actor.may(Capability.EDIT),
        "pace": pace.of_queue(queue, now=timezone.now()),
        "saturation": coding.saturation(queue),
    }
    return render(request, "queues/progress.html", context)
