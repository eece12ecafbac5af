"""Mails: what a person wants, and the links in them that end it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from annotation.domain.notices import wishes
from annotation.domain.notices.wishes import Wish
from annotation.web.access import signed_in
from annotation.web.forms.mails import KINDS, MailForm
from annotation.web.http import UserRequest
from annotation.web.throttling import throttled

_CALLED = {**dict(KINDS), wishes.DIGEST: "Every day, what waits for me"}


@require_http_methods(["GET", "POST"])
@signed_in
def mails(request: UserRequest) -> HttpResponse:
    """What the person wants mails about; `none` ends all."""
    if request.method == "POST" and "none" in request.POST:
        wishes.stop(user=request.user)
        messages.success(request, "You get no mails any more.")
        return redirect("profile-mails")
    form = MailForm(request.POST if request.method == "POST" else None, wish=wishes.of(request.user))
    if form.is_bound and form.is_valid():
        wishes.change(user=request.user, wish=Wish(**form.cleaned_data))
        messages.success(request, "Saved.")
        return redirect("profile-mails")
    return render(request, "account/mails.html", {"form": form}, status=422 if form.is_bound else 200)


@csrf_exempt  # the secret in the address counts, and programs post to it (RFC 8058)
@never_cache
@require_http_methods(["GET", "POST"])
@throttled
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask before ending the mails that the link is about; end them when posted to, or all if `all` is posted."""
    known = wishes.of_token(token)
    if known is None:
        return render(request, "account/unsubscribe_gone.html", status=404)
    user, kinds = known
    is_all = "all" in request.POST
    if request.method == "POST":
        wishes.stop(user=user, kinds=None if is_all else kinds)
    context = {
        "email": user.email,
        "kinds": [_CALLED.get(kind, kind) for kind in kinds],
        "is_done": request.method == "POST",
        "is_all": is_all,
    }
    return render(request, "account/unsubscribe.html", context)
