"""Adding all traces that a filter finds, their threads or steps, or some of them by chance, to a queue: looked at first, then a job."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from annotation.domain.access import Capability
from annotation.domain.queues import choosing, filling, items, priorities, unfilling
from annotation.domain.queues.choosing import FillPlan
from annotation.domain.traces.filters import FilterError
from annotation.models import Project, Queue
from annotation.web.access import job_of, member, queue_of, visible
from annotation.web.http import MemberRequest
from annotation.web.views.traces.choosing import Choice


class FillForm(forms.Form):
    """Which traces into which queue; what is not asked on the page keeps the preview and the job the same."""

    queue = forms.UUIDField()
    kind = forms.ChoiceField(choices=[*choosing.KINDS.items()], required=False)
    which = forms.ChoiceField(choices=(("all", "All"), ("random", "By chance")), required=False)
    count = forms.IntegerField(min_value=1, max_value=choosing.MOST_SAMPLED, required=False)
    priority = forms.IntegerField(min_value=priorities.LEAST, max_value=priorities.MOST, required=False)
    is_restoring = forms.BooleanField(required=False)
    seed = forms.UUIDField(required=False)
    now = forms.DateTimeField(required=False)
    last = forms.IntegerField(min_value=0, required=False)

    def clean(self) -> dict[str, Any]:
        """By chance takes a number."""
        given = super().clean() or {}
        if given.get("which") == "random" and not given.get("count") and "count" not in self.errors:
            self.add_error("count", "Say how many.")
        return given


@require_http_methods(["GET", "POST"])
@member(Capability.EDIT)
def traces_fill_queue(request: MemberRequest) -> HttpResponse:
    """GET shows what would be added, POST starts the job."""
    form, choice = FillForm(request.GET if request.method == "GET" else request.POST), Choice.of(request)
    back = reverse("trace-list", args=[request.workspace.slug]) + choice.link()
    if not form.is_valid():
        problems = [f"{name}: {words[0]}" for name, words in form.errors.items()]
        messages.error(request, f"Nothing was added. Choose a queue and how many traces. {' '.join(problems)}")
        return redirect(back)
    queue = queue_of(request, form.cleaned_data["queue"])
    try:
        plan = _plan(request, queue, form.cleaned_data, choice)
        if request.method == "POST":
            return redirect(
                "job-detail", request.workspace.slug, filling.start(plan, queue=queue, by=request.user).uuid
            )
        shown = filling.preview(plan, queue=queue)
    except (FilterError, items.QueueClosedError) as problem:
        messages.error(request, f"Nothing was added. {problem}")
        return redirect(back)
    context = {
        "workspace": request.workspace, "queue": queue, "plan": plan, "preview": shown, "choice": choice, "back": back,
    }  # fmt: skip
    return render(request, "traces/fill.html", context)


@require_POST
@member(Capability.EDIT)
def job_undo(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Take back out what a job added to a queue."""
    job = job_of(request, uuid)
    try:
        undoing = unfilling.start(job=job, by=request.user)
    except unfilling.UnfillRefusedError as problem:
        messages.error(request, str(problem))
        return redirect("job-detail", request.workspace.slug, uuid)
    return redirect("job-detail", request.workspace.slug, undoing.uuid)


def _plan(request: MemberRequest, queue: Queue, given: dict[str, Any], choice: Choice) -> FillPlan:
    """The plan that the page showed, or a new one."""
    project = visible(request, Project).filter(slug=choice.project).first() if choice.project else None
    sample = given["count"] if given["which"] == "random" else None
    fresh = filling.plan(
        queue=queue, filter_text=choice.filter, kind=given["kind"] or "trace", project=project, sample=sample, seed=given["seed"],
        is_restoring=given["is_restoring"], priority=given["priority"] or 0, by=request.user, now=given["now"] or timezone.now(),
    )  # fmt: skip
    return fresh if given["last"] is None else fresh.model_copy(update={"last": given["last"]})
