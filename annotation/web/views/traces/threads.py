"""A conversation: its traces in order, each turn opening its trace."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.domain.traces import threads
from annotation.models import Feedback, Trace
from annotation.web.access import member, visible
from annotation.web.http import MemberRequest, page_or_fragment
from annotation.web.sight import require_whole
from annotation.web.views.traces.detail import open_queues


@require_GET
@member(Capability.READ, Capability.REVIEW)
def thread_detail(request: MemberRequest, thread: str) -> HttpResponse:
    """The thread's turns, the first ones first; `?cursor=` continues a long one."""
    found = threads.turns(
        visible(request, Trace), thread, feedback=visible(request, Feedback), cursor=request.GET.get("cursor", "")
    )
    if found is None:
        raise Http404
    require_whole(request, *(turn.trace for turn in found.turns))
    context = {
        "workspace": request.workspace,
        "thread": found,
        "may_read": request.actor.may(Capability.READ),
        "queues": open_queues(request),
        "may_delete": request.actor.may(Capability.EDIT),
        "may_delete_user": found.user_id and request.actor.may(Capability.ADMINISTER),
    }
    return page_or_fragment(request, "traces/thread.html", context, fragment="thread")
