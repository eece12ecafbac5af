"""What somebody at work is told when their queue was archived meanwhile, the item removed, or they are its reviewer no more.

To them the queue does not exist any longer, and an address of it is not found. Who was in the middle of something there learns
what happened instead, has what was typed kept, and is shown a way on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache

from annotation.domain.access import Capability
from annotation.domain.queues.refusals import ClaimError, ItemNotOpenError, NotAReviewerError, QueueNotActiveError
from annotation.models import Item, Queue
from annotation.web.access import visible, withdrawn_queue_of
from annotation.web.http import MemberRequest, redirect_whole_page
from annotation.web.views.review import context, pages, typed

View = Callable[..., HttpResponseBase]


def told(view: View) -> View:
    """A view of reviewing that answers so where it would answer 404."""

    @wraps(view)
    def answering(request: HttpRequest, workspace: str, uuid: UUID, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, workspace=workspace, uuid=uuid, **kwargs)
        except Http404:
            answer = _answer(request, uuid, kwargs.get("number"))
            if answer is None:
                raise
            return answer

    return never_cache(answering)


def _answer(request: HttpRequest, uuid: UUID, number: int | None) -> HttpResponse | None:
    """None for who has nothing to do with the queue, or is no member at all."""
    member = cast("MemberRequest", request)
    if not hasattr(request, "actor") or not member.actor.may(Capability.REVIEW):
        return None
    queue = visible(member, Queue).filter(uuid=uuid).first() or withdrawn_queue_of(member, uuid)
    if queue is None:
        return None
    item = _item(queue, number)
    if number is not None and item is None:
        return None
    refusal = _refusal(member, queue, item)
    return _refused(member, queue, refusal, item) if refusal else None


def _item(queue: Queue, number: int | None) -> Item | None:
    items = Item.objects.select_related("queue__target_dataset", "queue__rubric")
    return items.filter(queue=queue, number=number).first() if number else None


def _refusal(request: MemberRequest, queue: Queue, item: Item | None) -> ClaimError | None:
    """Why: the queue, else the item; None where neither is the reason."""
    if queue.status == Queue.Status.ARCHIVED:
        return QueueNotActiveError(queue)
    if not visible(request, Queue).filter(pk=queue.pk).exists():
        return NotAReviewerError(queue)
    return ItemNotOpenError(item) if item and item.state == Item.State.REMOVED else None


def _refused(request: MemberRequest, queue: Queue, refusal: ClaimError, item: Item | None) -> HttpResponse:
    is_kept = item is not None and "rubric_version" in request.POST and typed.keep(request, item) is not None
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse({"saved": is_kept, "misfits": {}, "lost": str(refusal)})
    if request.htmx and request.htmx.target != pages.ROOT:  # a row, which has no room to say so
        return redirect_whole_page(request, context.table_address(request, queue))
    is_withdrawn = not isinstance(refusal, ItemNotOpenError)
    return pages.refused(request, queue, refusal, item, is_kept=is_kept, is_withdrawn=is_withdrawn)
