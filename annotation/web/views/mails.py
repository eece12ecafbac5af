"""Mails: what a person wants, and the links in them that end it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from annotation.domain.notices import trouble, wishes
from annotation.domain.notices.wishes import Stop
from annotation.models import Queue
from annotation.web.access import signed_in
from annotation.web.forms.mails import KINDS, MailForm
from annotation.web.http import UserRequest
from annotation.web.throttling import throttled

_CALLED = {**dict(KINDS), wishes.DIGEST: "The daily digest"}


@require_http_methods(["GET", "POST"])
@signed_in
def mails(request: UserRequest) -> HttpResponse:
    """What the person wants mails about; `none` ends all."""
    if request.method == "POST" and "none" in request.POST:
        wishes.stop(user=request.user)
        messages.success(request, "You get no mails any more.")
        return redirect("profile-mails")
    sent = request.POST if request.method == "POST" else None
    form = MailForm(sent, wish=wishes.of(request.user), queues=wishes.queues_of(request.user))
    if form.is_bound and form.is_valid():
        wishes.change(user=request.user, wish=form.wish())
        messages.success(request, "Saved.")
        return redirect("profile-mails")
    context = {"form": form, "lost": trouble.of_person(request.user)}
    return render(request, "account/mails.html", context, status=422 if form.is_bound else 200)


@csrf_exempt  # the secret in the address counts, and programs post to it (RFC 8058)
@never_cache
@require_http_methods(["GET", "POST"])
@throttled
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask before ending the mails that the link is about; end them when posted to, or all if `all` is posted, or only those
    about the posted `queue`.
    """
    known = wishes.of_token(token)
    if known is None:
        return render(request, "account/unsubscribe_gone.html", status=404)
    queues = wishes.queues_of(known.user, only=known.queues)
    context = {"email": known.user.email, "kinds": [_CALLED.get(kind, kind) for kind in known.kinds], "queues": queues}
    if request.method == "POST":
        context["done"] = _end(request, known, queues)
    return render(request, "account/unsubscribe.html", context)


def _end(request: HttpRequest, known: Stop, queues: list[Queue]) -> str:
    """What no longer goes to the person, in words."""
    if "all" in request.POST:
        wishes.stop(user=known.user)
        return "No more mails go"
    for queue in queues:
        if str(queue.uuid) == request.POST.get("queue"):
            wishes.mute(user=known.user, queue=queue)
            return f"No more mails about {queue} go"
    wishes.stop(user=known.user, kinds=known.kinds)
    return "No more mails of this kind go"
