"""Joining a workspace by a link."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from annotation.domain.projects import accounts, invitations
from annotation.models import Invitation, Membership, User
from annotation.web.forms.account import JoinForm
from annotation.web.throttling import throttled
from annotation.web.views.account import BACKEND


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@throttled
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody signed in joins with one click; somebody new chooses a name and a password first."""
    try:
        found = invitations.open_one(token, now=timezone.now())
        if request.user.is_authenticated:
            return _join(request, request.user, found, token)
        if User.objects.filter(email=found.email).exists():
            return render(request, "account/join_sign_in.html", {"invitation": found})
        return _join_as_new(request, found, token)
    except invitations.InvitationGoneError:
        return render(request, "account/link_gone.html", {"is_reset": False}, status=410)


def _join(request: HttpRequest, user: User, found: Invitation, token: str) -> HttpResponse:
    if request.method != "POST":
        return render(request, "account/join.html", {"invitation": found})
    return _welcome(request, invitations.accept(token=token, by=user, now=timezone.now()))


def _join_as_new(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    form = JoinForm(request.POST if request.method == "POST" else None, user=User(email=found.email))
    if form.is_bound and form.is_valid():
        name, password = form.cleaned_data["name"], form.cleaned_data["password"]
        try:
            membership = invitations.accept_as_new(token=token, name=name, password=password, now=timezone.now())
        except accounts.AddressTakenError as problem:
            form.add_error(None, str(problem))
        else:
            login(request, membership.user, backend=BACKEND)
            return _welcome(request, membership)
    context = {"form": form, "invitation": found}
    return render(request, "account/join_as_new.html", context, status=422 if form.is_bound else 200)


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    messages.success(request, f"Welcome to {membership.workspace.name}.")
    return redirect("workspace-home", membership.workspace.slug)
