"""The webhooks of a workspace: made, changed, tried out, turned on and off."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from annotation.domain import audit
from annotation.domain.notices import destinations, signing
from annotation.jobs import JobName, enqueue
from annotation.models import Delivery, Notice, Queue, User, Webhook, Workspace

MOST = 20
"""Webhooks of one workspace."""


class BadWebhookError(ValueError):
    """A webhook cannot be so; `field` says where, the message what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class WebhookOffError(ValueError):
    """Nothing is sent while it is off."""

    def __init__(self) -> None:
        super().__init__("This webhook is off: turn it on first.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a webhook is told of, and where; `queues` None: of all queues, those to come too."""

    name: str
    url: str
    kinds: Collection[str]
    queues: Collection[Queue] | None = None


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook with its secret, which is never to be seen again."""

    webhook: Webhook
    secret: str


def create(*, workspace: Workspace, terms: Terms, by: User) -> NewWebhook:
    """Make a webhook, which is on. Raises BadWebhookError."""
    _check(workspace, terms)
    secret = signing.new_secret()
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        if Webhook.objects.filter(workspace=workspace).count() >= MOST:
            raise BadWebhookError("name", f"A workspace has at most {MOST} webhooks: delete one that is not needed.")
        webhook = Webhook(workspace=workspace, secret=secret, created_by=by)
        _store(webhook, terms)
        audit.record("webhook.created", by=by, workspace=workspace, target=webhook, detail=_told(terms))
    return NewWebhook(webhook, secret)


def change(*, webhook: Webhook, terms: Terms, by: User) -> None:
    """Send other things, or elsewhere; what waits goes to the new address at once. Raises BadWebhookError.

    An address that stays is not looked at again: one that is no longer allowed keeps nobody from turning the webhook off.
    """
    _check(webhook.workspace, terms, known_url=webhook.url)
    with transaction.atomic():
        before, after = _told(terms_of(webhook)), _told(terms)
        _store(webhook, terms)
        detail = {name: after[name] for name in after if after[name] != before[name]}
        if "to" in detail:
            _rested(webhook)
        if detail:
            audit.record("webhook.changed", by=by, workspace=webhook.workspace, target=webhook, detail=detail)


def terms_of(webhook: Webhook) -> Terms:
    """What a stored webhook says."""
    queues = None if webhook.is_for_all_queues else list(webhook.queues.order_by("name"))
    return Terms(webhook.name, webhook.url, webhook.kinds, queues)


def delete(*, webhook: Webhook, by: User) -> None:
    """Take it away, with what waits for it and its log."""
    with transaction.atomic():
        audit.record("webhook.deleted", by=by, workspace=webhook.workspace, target=webhook)
        Delivery.objects.filter(webhook=webhook).delete()
        webhook.delete()


def renew_secret(*, webhook: Webhook, by: User) -> str:
    """Sign with another secret from now on; it is shown this once."""
    secret = signing.new_secret()
    with transaction.atomic():
        Webhook.objects.filter(pk=webhook.pk).update(secret=secret)
        audit.record("webhook.secret_renewed", by=by, workspace=webhook.workspace, target=webhook)
    return secret


def turn(*, webhook: Webhook, is_on: bool, by: User) -> None:
    """On: what waits is sent at once, and the failures are forgotten. Off: what happens from now on is not kept for it."""
    with transaction.atomic():
        changed = Webhook.objects.filter(pk=webhook.pk, is_on=not is_on).update(is_on=is_on, off_reason="")
        if changed:
            action = "webhook.turned_on" if is_on else "webhook.turned_off"
            audit.record(action, by=by, workspace=webhook.workspace, target=webhook)
        if is_on:
            _rested(webhook)
    webhook.refresh_from_db()


def send_test(*, webhook: Webhook, now: datetime) -> Delivery:
    """Send a notice that says that it is a test, to this webhook only. Raises WebhookOffError."""
    if not webhook.is_on:
        raise WebhookOffError
    with transaction.atomic():
        detail = {"message": "This is a test: nothing has happened."}
        test = Notice.objects.create(workspace=webhook.workspace, kind=Notice.Kind.TEST, detail=detail, happened_at=now)
        delivery = Delivery.objects.create(webhook=webhook, notice=test, due_at=now)
        _rested(webhook)
    return delivery


def send_again(*, delivery: Delivery, now: datetime) -> Delivery:
    """Send it once more, under the same id: a receiver that has it knows it. Raises WebhookOffError."""
    if not delivery.webhook.is_on:
        raise WebhookOffError
    with transaction.atomic():
        again = Delivery.objects.select_for_update().get(pk=delivery.pk)
        again.state, again.due_at, again.attempt_count = Delivery.State.WAITING, now, 0
        again.save(update_fields=["state", "due_at", "attempt_count"])
        _rested(delivery.webhook)
    return again


def _rested(webhook: Webhook) -> None:
    """Somebody looks after it: it need not rest any longer, nor is what failed before held against it."""
    Webhook.objects.filter(pk=webhook.pk).update(rests_until=None, failing_since=None, failure_count=0)
    enqueue(JobName.DELIVER_NOTICES)


def _check(workspace: Workspace, terms: Terms, known_url: str = "") -> None:
    if not terms.name.strip():
        raise BadWebhookError("name", "Give it a name.")
    if not terms.kinds or not set(terms.kinds) <= set(Notice.HEARD):
        raise BadWebhookError("events", f"Choose at least one of: {', '.join(Notice.HEARD)}.")
    if terms.queues is not None and not terms.queues:
        raise BadWebhookError("queues", "Choose at least one queue, or all.")
    if any(queue.workspace_id != workspace.pk for queue in terms.queues or ()):
        raise BadWebhookError("queues", "This queue belongs to another workspace.")
    if terms.url == known_url:
        return
    try:
        destinations.parsed(terms.url)
    except destinations.BadDestinationError as problem:
        raise BadWebhookError("url", str(problem)) from problem


def _store(webhook: Webhook, terms: Terms) -> None:
    webhook.name, webhook.url, webhook.kinds = terms.name.strip(), terms.url, sorted(set(terms.kinds))
    webhook.is_for_all_queues = terms.queues is None
    try:
        with transaction.atomic():
            webhook.save()
    except IntegrityError as problem:
        raise BadWebhookError("name", "There is a webhook of this name: choose another one.") from problem
    webhook.queues.set(terms.queues or ())


def _told(terms: Terms) -> dict[str, Any]:
    """What the audit log says of it; of the address only the host, as the rest may be a secret of the receiver."""
    queues = "all" if terms.queues is None else ", ".join(sorted(queue.name for queue in terms.queues))
    to = urlsplit(terms.url).netloc
    return {"name": terms.name.strip(), "to": to, "events": ", ".join(sorted(set(terms.kinds))), "queues": queues}
