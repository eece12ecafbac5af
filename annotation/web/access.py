"""The only place where pages turn a workspace, a person or an id from outside into an object.

What may not be seen answers 404, what may be seen but not done 403, and nobody signed in is sent to sign in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode
from uuid import UUID

import structlog
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from annotation.domain import access
from annotation.domain.access import Capability
from annotation.domain.queues import subjects
from annotation.models import Dataset, Item, Job, Membership, Queue, Trace
from annotation.web.http import MemberRequest, UserRequest, redirect_whole_page

Arguments = ParamSpec("Arguments")
Row = TypeVar("Row", bound=Model)
MemberView = Callable[Concatenate[MemberRequest, Arguments], HttpResponseBase]
UserView = Callable[Concatenate[UserRequest, Arguments], HttpResponseBase]


def member(*any_of: Capability) -> Callable[[MemberView[Arguments]], Callable[..., HttpResponseBase]]:
    """A view below `/w/<slug:workspace>/` for members with any of these capabilities.

    The view takes a MemberRequest instead of the argument `workspace`: `request.workspace`, `request.membership` and
    `request.actor` are set.
    """

    def decorate(view: MemberView[Arguments]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, workspace: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            entered = enter(request, workspace)
            if any_of and not any(entered.actor.may(capability) for capability in any_of):
                raise PermissionDenied
            return view(entered, *args, **kwargs)

        return guarded

    return decorate


def signed_in(view: UserView[Arguments]) -> Callable[..., HttpResponseBase]:
    """A view for everybody who is signed in, outside any workspace."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(cast("UserRequest", request), *args, **kwargs)

    return guarded


def enter(request: HttpRequest, slug: str) -> MemberRequest:
    """The request with its membership; 404 when the person is no member, whether or not the workspace exists."""
    memberships = Membership.objects.select_related("workspace", "user")
    membership = memberships.filter(user=request.user.pk or 0, workspace__slug=slug).first()
    if membership is None:
        raise Http404
    entered = cast("MemberRequest", request)
    entered.membership, entered.workspace = membership, membership.workspace
    entered.actor = access.member_actor(membership)
    structlog.contextvars.bind_contextvars(workspace_id=membership.workspace_id)
    return entered


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send somebody to sign in, and back here afterwards (to the page, when a part of it asked)."""
    back = request.get_full_path() if request.method == "GET" else "/"
    if htmx := getattr(request, "htmx", None):
        back = htmx.current_url_abs_path or "/"
    return redirect_whole_page(request, f"{reverse('sign-in')}?{urlencode({'next': back})}")


def require(request: MemberRequest, capability: Capability) -> None:
    """403 unless the member has the capability; for what only a part of a view needs."""
    if not request.actor.may(capability):
        raise PermissionDenied


def visible(request: MemberRequest, model: type[Row]) -> QuerySet[Row]:
    """The rows of `model` that the member may see."""
    return access.visible(request.actor, model)


def found(request: MemberRequest, model: type[Row], uuid: UUID) -> Row:
    """The row with this outside id, or 404."""
    row = access.first(request.actor, model, uuid)
    if row is None:
        raise Http404
    return row


def trace_of(request: MemberRequest, uuid: UUID) -> Trace:
    """The trace with this OpenTelemetry trace id, or 404."""
    return found(request, Trace, uuid)


def hides_model(request: MemberRequest, trace: Trace) -> bool:
    """Whether the member only sees the trace through queues, and one of these hides which model answered, or has the
    trace as a side of a pair, which nobody may tell from the other.
    """
    if not request.actor.is_limited_to_queues:
        return False
    return _items_about(request, trace).filter(Q(queue__blindness__model=True) | Q(kind=Item.Kind.PAIR)).exists()


def readable_trace_of(request: MemberRequest, uuid: UUID) -> Trace:
    """As `trace_of`, for what shows the trace by itself: 404 also for a trace that the member is only to compare, blind, with
    another one.
    """
    trace = trace_of(request, uuid)
    if not is_readable(request, trace):
        raise Http404
    return trace


def is_readable(request: MemberRequest, trace: Trace) -> bool:
    """Whether the member, who sees the trace, may see it by itself."""
    is_limited = request.actor.is_limited_to_queues
    return not is_limited or _items_about(request, trace).exclude(kind=Item.Kind.PAIR).exists()


def _items_about(request: MemberRequest, trace: Trace) -> QuerySet[Item]:
    about = Q(trace_uuid=trace.uuid) | Q(other_trace_uuid=trace.uuid) | of_threads(trace)
    return visible(request, Item).filter(about)


def of_threads(*traces: Trace) -> Q:
    """The items of the threads that the traces are in; another project may have a thread of the same name."""
    known = {(trace.project_id, trace.thread_id) for trace in traces if trace.thread_id}
    texts = [subjects.of_thread(project, thread).text for project, thread in known]
    return Q(kind=Item.Kind.THREAD, thread_id__in={thread for _, thread in known}, subject__in=texts)


def queue_of(request: MemberRequest, uuid: UUID) -> Queue:
    """The queue, or 404."""
    return found(request, Queue, uuid)


def withdrawn_queue_of(request: MemberRequest, uuid: UUID) -> Queue | None:
    """The queue that the member worked in, whether or not they may still see it; None for any other."""
    return access.withdrawn_queues(request.actor).filter(uuid=uuid).first()


def item_of(request: MemberRequest, uuid: UUID) -> Item:
    """The item, or 404."""
    return found(request, Item, uuid)


def dataset_of(request: MemberRequest, uuid: UUID) -> Dataset:
    """The dataset, or 404."""
    return found(request, Dataset, uuid)


def job_of(request: MemberRequest, uuid: UUID) -> Job:
    """The job, or 404."""
    return found(request, Job, uuid)
