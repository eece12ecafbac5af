"""Members, their roles, and links that let people in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from annotation.domain.access import Capability
from annotation.domain.addresses import absolute
from annotation.domain.projects import accounts, invitations, members
from annotation.models import Invitation, Membership
from annotation.web.access import found, member, visible
from annotation.web.forms.settings import InviteForm, RoleForm
from annotation.web.http import MemberRequest
from annotation.web.views.settings.sections import show

REFUSALS = (members.LastAdminError, accounts.ForeignMemberError)


@require_GET
@member(Capability.ADMINISTER)
def member_list(request: MemberRequest) -> HttpResponse:
    """Everybody in the workspace, and who has been invited."""
    return _page(request)


@never_cache
@require_POST
@member(Capability.ADMINISTER)
def member_invite(request: MemberRequest) -> HttpResponse:
    """Make an invitation and show its link, this once."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, form=form)
    try:
        made = invitations.invite(workspace=request.workspace, by=request.user, now=timezone.now(), **form.cleaned_data)
    except invitations.AlreadyMemberError as problem:
        form.add_error("email", str(problem))
        return _page(request, status=422, form=form)
    link = absolute(reverse("invitation", args=[made.token]))
    return _page(request, status=201, invited=made.invitation, link=link)


@require_POST
@member(Capability.ADMINISTER)
def member_role(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Give a member another role."""
    membership, form = _membership(request, uuid), RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, problem="Choose one of the roles.")
    try:
        members.change_role(membership=membership, role=form.cleaned_data["role"], by=request.user)
    except REFUSALS as problem:
        return _page(request, status=422, problem=str(problem))
    messages.success(request, f"{membership.user} is now {membership.get_role_display().lower()}.")
    return _back(request, membership)


@require_POST
@member(Capability.ADMINISTER)
def member_remove(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """End a membership; what the person reviewed stays."""
    membership = _membership(request, uuid)
    try:
        members.remove(membership=membership, by=request.user)
    except REFUSALS as problem:
        return _page(request, status=422, problem=str(problem))
    messages.success(request, f"{membership.user} is no longer a member. Their reviews stay.")
    return _back(request, membership)


@never_cache
@require_POST
@member(Capability.ADMINISTER)
def member_reset_link(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Show a link, this once, with which a member chooses a new password."""
    membership = _membership(request, uuid)
    try:
        path = accounts.make_reset_link(user=membership.user, workspace=request.workspace, by=request.user)
    except REFUSALS as problem:
        return _page(request, status=422, problem=str(problem))
    return _page(request, status=201, link=absolute(path), reset_for=membership.user)


@require_POST
@member(Capability.ADMINISTER)
def invitation_withdraw(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Make an invitation's link useless."""
    invitations.withdraw(invitation=found(request, Invitation, uuid), by=request.user)
    messages.success(request, "Invitation withdrawn: its link opens nothing any more.")
    return redirect("member-list", request.workspace.slug)


def _membership(request: MemberRequest, uuid: UUID) -> Membership:
    membership = visible(request, Membership).select_related("user").filter(user__uuid=uuid).first()
    if membership is None:
        raise Http404
    return membership


def _back(request: MemberRequest, membership: Membership) -> HttpResponse:
    """To the list; somebody who took their own right to see it goes to the start page."""
    if membership.user == request.user:
        return redirect("home")
    return redirect("member-list", request.workspace.slug)


def _page(request: MemberRequest, *, status: int = 200, form: InviteForm | None = None, **context: Any) -> HttpResponse:
    context |= {
        "form": form or InviteForm(),
        "members": members.members_of(request.workspace),
        "invitations": invitations.open_invitations(request.workspace),
        "roles": Membership.Role.choices,
        "now": timezone.now(),
    }
    return show(request, "member-list", "settings/members.html", context, status=status)
