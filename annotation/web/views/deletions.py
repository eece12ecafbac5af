"""Deleting traces, a thread, or everything of a user: what would go, and the press that begins it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from annotation.domain.access import Capability
from annotation.domain.retention import deletion
from annotation.domain.retention.deletion import DeletionPlan
from annotation.domain.traces import matching
from annotation.models import Trace
from annotation.web.access import member, require, visible
from annotation.web.forms.deletions import DeletionForm
from annotation.web.http import MemberRequest


@require_http_methods(["GET", "POST"])
@member(Capability.EDIT)
def deletion_new(request: MemberRequest) -> HttpResponse:
    """`?trace=` (once or more), `?thread=` or `?user=` says what; the page counts what goes along before it begins."""
    plan = _plan(request)
    form = DeletionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        chosen = plan.model_copy(update={"rows": form.cleaned_data["rows"]})
        job = deletion.start(workspace=request.workspace, plan=chosen, by=request.user)
        return redirect("job-detail", request.workspace.slug, job.uuid)
    context = {
        "form": form,
        "plan": plan,
        "effects": _effects(request, plan),
        "workspace": request.workspace,
        "remembered": deletion.REMEMBERED.days,
    }
    return render(request, "deletions/new.html", context, status=422 if form.is_bound else 200)


def _plan(request: MemberRequest) -> DeletionPlan:
    """What the address names; 404 if nothing of it can be seen, 403 for a user's everything unless one administers."""
    user, thread = request.GET.get("user", ""), request.GET.get("thread", "")
    if user:
        require(request, Capability.ADMINISTER)
        plan = DeletionPlan(user_id=user, until=timezone.now())
    elif thread:
        plan = DeletionPlan(thread_id=thread, until=timezone.now())
    else:
        plan = DeletionPlan(trace_ids=_named(request), until=timezone.now())
    if not deletion.chosen(request.workspace.pk, plan).exists():
        raise Http404
    return plan


def _named(request: MemberRequest) -> list[UUID]:
    named = [uuid for text in request.GET.getlist("trace")[: deletion.MOST_TRACES] if (uuid := _uuid(text))]
    found = list(visible(request, Trace).filter(uuid__in=named).values_list("uuid", flat=True))
    if not found:
        raise Http404
    return found


def _effects(request: MemberRequest, plan: DeletionPlan) -> deletion.Effects | None:
    """None when it takes too long to count."""
    try:
        with matching.bounded():
            return deletion.effects(request.workspace, plan)
    except matching.FilterTooSlow:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
