"""Projects: the streams of traces."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from annotation.domain.access import Capability
from annotation.domain.projects import projects
from annotation.domain.retention import deletion, ending
from annotation.domain.traces import counts
from annotation.models import Job, Project
from annotation.web.access import member, require, visible
from annotation.web.forms.deletions import ProjectDeletionForm
from annotation.web.forms.settings import ProjectForm
from annotation.web.http import MemberRequest
from annotation.web.views.settings.sections import show, status_of


@require_http_methods(["GET", "POST"])
@member(Capability.READ)
def project_list(request: MemberRequest) -> HttpResponse:
    """All projects; admins add one."""
    form = ProjectForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        require(request, Capability.ADMINISTER)
    if form.is_bound and form.is_valid() and _created(request, form):
        return redirect("project-list", request.workspace.slug)
    context = {
        "form": form,
        "projects": visible(request, Project).order_by("name"),
        "may_change": request.actor.may(Capability.ADMINISTER),
    }
    return show(request, "project-list", "settings/projects.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def project_edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Change a project's name or description."""
    project = get_object_or_404(visible(request, Project).select_related("workspace"), slug=slug)
    initial = {"name": project.name, "description": project.description}
    form = ProjectForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid() and _changed(request, project, form):
        return redirect("project-list", request.workspace.slug)
    context = {"form": form, "project": Project.objects.get(pk=project.pk)}
    return show(request, "project-list", "settings/project.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def project_delete(request: MemberRequest, slug: str) -> HttpResponse:
    """What is in a project, and its end: hidden from this moment, emptied by a job."""
    project = get_object_or_404(visible(request, Project), slug=slug)
    form = ProjectDeletionForm(request.POST if request.method == "POST" else None, project_name=project.name)
    if form.is_bound and form.is_valid() and (job := _ended(request, project, form)):
        messages.success(request, f"The project {project.name} is gone; its traces are being removed.")
        return redirect("job-detail", request.workspace.slug, job.uuid)
    context = {"form": form, "project": counts.counted(project), "remembered": deletion.REMEMBERED.days}
    return show(request, "project-list", "settings/project_delete.html", context, status=status_of(form))


def _ended(request: MemberRequest, project: Project, form: ProjectDeletionForm) -> Job | None:
    try:
        return ending.end(project=project, by=request.user, now=timezone.now(), rows=form.cleaned_data["rows"])
    except ending.ProjectInUseError as problem:
        form.add_error(None, str(problem))
        return None


def _created(request: MemberRequest, form: ProjectForm) -> bool:
    try:
        project = projects.create(workspace=request.workspace, by=request.user, **form.cleaned_data)
    except projects.ProjectNameTakenError as problem:
        form.add_error("name", str(problem))
        return False
    messages.success(request, f"Project {project.name} is ready for traces.")
    return True


def _changed(request: MemberRequest, project: Project, form: ProjectForm) -> bool:
    try:
        projects.change(project=project, by=request.user, **form.cleaned_data)
    except projects.ProjectNameTakenError as problem:
        form.add_error("name", str(problem))
        return False
    messages.success(request, f"Project {project.name} saved.")
    return True
