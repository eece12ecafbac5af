"""The page behind the one-time link that a fresh installation prints."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from annotation.domain import setup
from annotation.models import User
from annotation.web.forms.setup import SetupForm
from annotation.web.throttling import throttled
from annotation.web.views.account import BACKEND


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@throttled
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first admin, workspace and project, and sign the admin in."""
    if not setup.is_open(token):
        return _gone(request)
    form = SetupForm(request.POST if request.method == "POST" else None, user=User(email=request.POST.get("email", "")))
    if not form.is_bound or not form.is_valid():
        return render(request, "account/set_up.html", {"form": form}, status=422 if form.is_bound else 200)
    answers = form.cleaned_data
    wish = setup.Wish(answers["email"], answers["password"], answers["workspace"], answers["project"])
    try:
        user, workspace = setup.use_link(token, wish, name=answers["name"], now=timezone.now())
    except setup.LinkGoneError:
        return _gone(request)
    login(request, user, backend=BACKEND)
    messages.success(
        request, f"Welcome to {workspace.name}. Make an API key in the settings, and send the first trace."
    )
    return redirect("workspace-home", workspace.slug)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "account/set_up_gone.html", {"is_done": setup.is_done()}, status=410)
