"""How long a project keeps its traces, with what that would mean tonight."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from annotation.domain.access import Capability
from annotation.domain.retention import keeping
from annotation.domain.traces import matching
from annotation.models import Project
from annotation.web.access import member, visible
from annotation.web.forms.deletions import RetentionForm
from annotation.web.http import MemberRequest
from annotation.web.views.settings.sections import show


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def project_retention(request: MemberRequest, slug: str) -> HttpResponse:
    """Set the days; `?days=` shows what they would mean before anything is set."""
    project = get_object_or_404(visible(request, Project).select_related("workspace"), slug=slug)
    asked = {"days": project.retention_days or ""} | request.GET.dict()
    form = RetentionForm(request.POST if request.method == "POST" else asked)
    is_sound = form.is_valid()
    if request.method == "POST" and is_sound:
        return _set(request, project, form.cleaned_data["days"])
    days = form.cleaned_data["days"] if is_sound else None
    context = {"form": form, "project": project, "preview": _preview(project, days) if days else None}
    status = 200 if is_sound else 422
    return show(request, "project-list", "settings/retention.html", context | {"most": keeping.COUNTED}, status=status)


def _set(request: MemberRequest, project: Project, days: int | None) -> HttpResponse:
    keeping.set_days(project=project, days=days, by=request.user)
    kept = f"{days} day{'' if days == 1 else 's'}; older ones go tonight" if days else "for ever"
    messages.success(request, f"{project.name} keeps its traces {kept}.")
    return redirect("project-list", request.workspace.slug)


def _preview(project: Project, days: int) -> keeping.Preview | None:
    """None when it takes too long to count."""
    try:
        with matching.bounded():
            return keeping.preview(project, days=days, now=timezone.now())
    except matching.FilterTooSlow:
        return None
