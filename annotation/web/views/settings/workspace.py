"""What the workspace is called."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from annotation.domain.access import Capability
from annotation.domain.projects import workspaces
from annotation.web.access import member
from annotation.web.forms.settings import WorkspaceForm
from annotation.web.http import MemberRequest
from annotation.web.views.settings.sections import show, status_of


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def workspace_settings(request: MemberRequest) -> HttpResponse:
    """Rename the workspace."""
    form = WorkspaceForm(request.POST if request.method == "POST" else None, initial={"name": request.workspace.name})
    if form.is_bound and form.is_valid():
        workspaces.rename(workspace=request.workspace, name=form.cleaned_data["name"], by=request.user)
        messages.success(request, "Name saved.")
        return redirect("settings-workspace", request.workspace.slug)
    return show(request, "settings-workspace", "settings/workspace.html", {"form": form}, status=status_of(form))
