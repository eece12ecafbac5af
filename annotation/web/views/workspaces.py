"""Where people start, and the workspaces they can go to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from annotation.domain.access import Capability
from annotation.domain.projects import workspaces
from annotation.models import Membership, User
from annotation.web.access import member, signed_in
from annotation.web.forms.settings import WorkspaceForm
from annotation.web.http import MemberRequest, UserRequest

LAST = "last_workspace"


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Send people to their workspace, strangers to sign in, and explain an installation that nobody has set up."""
    if not request.user.is_authenticated:
        return redirect("sign-in") if User.objects.exists() else render(request, "account/not_set_up.html")
    memberships = Membership.objects.filter(user=request.user).order_by("workspace__name", "pk")
    slugs = list(memberships.values_list("workspace__slug", flat=True))
    if not slugs:
        return redirect("workspace-list")
    last = request.session.get(LAST)
    return redirect("workspace-home", last if last in slugs else slugs[0])


@require_GET
@member()
def workspace_home(request: MemberRequest) -> HttpResponse:
    """Reviewers start at their queues, everybody else at the traces."""
    request.session[LAST] = request.workspace.slug
    start = "trace-list" if request.actor.may(Capability.READ) else "queue-list"
    return redirect(start, request.workspace.slug)


@require_GET
@signed_in
def workspace_list(request: UserRequest) -> HttpResponse:
    """The person's workspaces."""
    memberships = Membership.objects.filter(user=request.user).select_related("workspace").order_by("workspace__name")
    return render(request, "account/workspaces.html", {"memberships": memberships})


@require_http_methods(["GET", "POST"])
@signed_in
def workspace_new(request: UserRequest) -> HttpResponse:
    """Make a workspace and become its admin."""
    form = WorkspaceForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        made = workspaces.create(name=form.cleaned_data["name"], by=request.user)
        return redirect("project-list", made.slug)
    return render(request, "account/workspace_new.html", {"form": form}, status=422 if form.is_bound else 200)
