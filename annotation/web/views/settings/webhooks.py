"""Webhooks: made, their secret shown once, tried out, and what was delivered."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.domain.access import Capability
from annotation.domain.notices import webhooks
from annotation.domain.paging import BadCursorError, page
from annotation.models import Delivery, Queue, Webhook
from annotation.web.access import found, member, visible
from annotation.web.forms.webhooks import WebhookForm
from annotation.web.http import MemberRequest
from annotation.web.views.settings.sections import show, status_of

SIZE = 25


@require_GET
@member(Capability.ADMINISTER)
def webhook_list(request: MemberRequest) -> HttpResponse:
    """All webhooks and how they are."""
    rows = visible(request, Webhook).prefetch_related("queues").order_by("name")
    return show(request, "webhook-list", "settings/webhooks.html", {"webhooks": rows, "now": timezone.now()})


@never_cache
@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def webhook_new(request: MemberRequest) -> HttpResponse:
    """Make a webhook; its secret stands on the page that answers, and never again."""
    form = WebhookForm(request.POST if request.method == "POST" else None, queues=visible(request, Queue))
    if form.is_bound and form.is_valid():
        try:
            made = webhooks.create(workspace=request.workspace, terms=form.terms(), by=request.user)
        except webhooks.BadWebhookError as problem:
            form.add_error(problem.field, str(problem))
        else:
            return _page(request, made.webhook, secret=made.secret, status=201)
    return show(request, "webhook-list", "settings/webhook_form.html", {"form": form}, status=status_of(form))


@require_GET
@member(Capability.ADMINISTER)
def webhook_detail(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """How it is, and what was delivered in the last 30 days."""
    return _page(request, found(request, Webhook, uuid))


@require_http_methods(["GET", "POST"])
@member(Capability.ADMINISTER)
def webhook_edit(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Send other things, or elsewhere."""
    webhook = found(request, Webhook, uuid)
    sent = request.POST if request.method == "POST" else None
    form = WebhookForm(sent, queues=visible(request, Queue), webhook=webhook)
    if form.is_bound and form.is_valid():
        try:
            webhooks.change(webhook=webhook, terms=form.terms(), by=request.user)
        except webhooks.BadWebhookError as problem:
            form.add_error(problem.field, str(problem))
        else:
            return redirect("webhook-detail", request.workspace.slug, uuid)
    context = {"form": form, "webhook": webhook}
    return show(request, "webhook-list", "settings/webhook_form.html", context, status=status_of(form))


@never_cache
@require_POST
@member(Capability.ADMINISTER)
def webhook_secret(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Sign with another secret from now on."""
    webhook = found(request, Webhook, uuid)
    return _page(request, webhook, secret=webhooks.renew_secret(webhook=webhook, by=request.user))


@require_POST
@member(Capability.ADMINISTER)
def webhook_turn(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """On or off, as `on` says."""
    webhook = found(request, Webhook, uuid)
    is_on = request.POST.get("on") == "1"
    webhooks.turn(webhook=webhook, is_on=is_on, by=request.user)
    messages.success(request, f"{webhook.name} is {'on' if is_on else 'off'}.")
    return _back(request, uuid)


@require_POST
@member(Capability.ADMINISTER)
def webhook_test(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Send a test."""
    try:
        webhooks.send_test(webhook=found(request, Webhook, uuid), now=timezone.now())
        messages.success(request, "The test is on its way; reload in a moment to see what came of it.")
    except webhooks.WebhookOffError as problem:
        messages.error(request, str(problem))
    return _back(request, uuid)


@require_POST
@member(Capability.ADMINISTER)
def webhook_again(request: MemberRequest, uuid: UUID, delivery: UUID) -> HttpResponse:
    """Send a message once more."""
    webhook = found(request, Webhook, uuid)
    row = visible(request, Delivery).select_related("webhook").filter(webhook=webhook, uuid=delivery).first()
    if row is None:
        raise Http404
    try:
        webhooks.send_again(delivery=row, now=timezone.now())
        messages.success(request, "It is on its way again; reload in a moment to see what came of it.")
    except webhooks.WebhookOffError as problem:
        messages.error(request, str(problem))
    return _back(request, uuid)


@require_POST
@member(Capability.ADMINISTER)
def webhook_delete(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Take it away."""
    webhook = found(request, Webhook, uuid)
    webhooks.delete(webhook=webhook, by=request.user)
    messages.success(request, f"{webhook.name} is deleted.")
    return redirect("webhook-list", request.workspace.slug)


def _back(request: MemberRequest, uuid: UUID) -> HttpResponse:
    return redirect("webhook-detail", request.workspace.slug, uuid)


def _page(request: MemberRequest, webhook: Webhook, *, status: int = 200, **context: Any) -> HttpResponse:
    rows = visible(request, Delivery).filter(webhook=webhook).select_related("notice")
    try:
        listed = page(rows, order=("-id",), size=SIZE, cursor=request.GET.get("cursor"))
    except BadCursorError as problem:
        raise Http404 from problem
    context |= {
        "webhook": webhook,
        "queues": [] if webhook.is_for_all_queues else list(webhook.queues.order_by("name")),
        "deliveries": listed.rows,
        "older": urlencode({"cursor": listed.next_cursor}) if listed.next_cursor else "",
        "is_first": "cursor" not in request.GET,
    }
    return show(request, "webhook-list", "settings/webhook.html", context, status=status)
