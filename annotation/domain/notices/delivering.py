"""Deliveries to webhooks: at least once, again after failures, one at a time to each webhook, safe to kill anywhere.

Whoever delivers first writes down, in a transaction of its own, that the webhook is busy and the delivery tried; if it dies,
both are due again once the lease is over. A receiver may so get a message twice, and knows it by its id.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from annotation.domain import audit
from annotation.domain.notices import messages, recording, sending, signing
from annotation.domain.notices.sending import Answer
from annotation.jobs import JobName, enqueue
from annotation.models import Delivery, Mail, Notice, Webhook

log = structlog.get_logger(__name__)

RETRIES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""How long after each failure it is tried again; after the last one it is given up: three days after it happened."""

LONGEST_REST = timedelta(minutes=10)
"""A webhook that fails rests before anything else is sent to it, so that one that is down costs little."""

FAILING_FOR = timedelta(days=3)
"""After so long without a success a webhook is turned off."""

KEPT_FOR = timedelta(days=30)
"""The log of deliveries."""

_LEASE = timedelta(seconds=sending.WHOLE_SECONDS * 4)
_GONE = 410
_DRIVE_SECONDS = 20.0
_AT_ONCE = 8
_TURN, _TURN_SECONDS = "notices:delivering", 90
"""Whose turn it is to deliver; a worker that was killed keeps it for so long."""


def sweep(*, now: datetime) -> None:
    """Ring if something is due, such as what is to be tried again or what nobody rang for."""
    if _ready(now).exists():
        enqueue(JobName.DELIVER_NOTICES)


def deliver() -> None:
    """Deliver what is due, for a while; rings again if something is left.

    One worker at a time, so that slow receivers leave the others for other work; it sends to several webhooks at once.
    """
    if not cache.add(_TURN, 1, _TURN_SECONDS):
        return
    try:
        is_left = _deliver_until(time.monotonic() + _DRIVE_SECONDS)
    finally:
        cache.delete(_TURN)
    if is_left:
        enqueue(JobName.DELIVER_NOTICES)


def _deliver_until(end: float) -> bool:
    """Whether time was up before all was delivered."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while time.monotonic() < end:
            now = timezone.now()
            taken = [one for one in (_take(now) for _ in range(_AT_ONCE)) if one]
            if not taken:
                return False
            for delivery, answer in zip(taken, pool.map(_send, taken), strict=True):
                _finish(delivery, answer, timezone.now())
    return True


def forget(*, now: datetime) -> None:
    """Let go what is older than the log reaches back, delivered or not, mails too."""
    Mail.objects.filter(due_at__lt=now - KEPT_FOR).delete()
    old = Notice.objects.filter(happened_at__lt=now - KEPT_FOR)
    Delivery.objects.filter(notice__in=old).delete()
    old.delete()


def _due(now: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=now)


def _ready(now: datetime) -> QuerySet[Webhook]:
    """Webhooks that nobody sends to at the moment and for which something is due."""
    free = Webhook.objects.filter(Q(rests_until=None) | Q(rests_until__lte=now), is_on=True)
    return free.filter(Exists(_due(now).filter(webhook=OuterRef("pk"))))


def _take(now: datetime) -> Delivery | None:
    """The delivery that is due longest of a webhook that is free, with the webhook leased."""
    with transaction.atomic():
        webhook = _ready(now).select_for_update(skip_locked=True).order_by("rests_until", "pk").first()
        if webhook is None:
            return None
        found = _due(now).filter(webhook=webhook).select_related("notice__workspace").order_by("due_at", "pk").first()
        if found is None:  # somebody else was quicker
            return None
        found.attempt_count, found.attempted_at, found.due_at = found.attempt_count + 1, now, now + _LEASE
        found.save(update_fields=["attempt_count", "attempted_at", "due_at"])
        webhook.rests_until = now + _LEASE
        webhook.save(update_fields=["rests_until"])
    found.webhook = webhook
    return found


def _send(delivery: Delivery) -> Answer:
    """In a thread: everything that it takes is loaded."""
    body = messages.body(delivery.notice)
    signed = signing.headers(
        secret=delivery.webhook.secret,
        message_id=str(delivery.notice.uuid),
        timestamp=int(time.time()),
        body=body,
    )
    return sending.post(delivery.webhook.url, body, signed)


def _finish(taken: Delivery, answer: Answer, now: datetime) -> None:
    """Note what came of it, on the delivery and on the webhook."""
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().select_related("workspace").filter(pk=taken.webhook_id).first()
        if webhook is None:  # deleted meanwhile, the delivery with it
            return
        delivery = Delivery.objects.select_for_update().get(pk=taken.pk)
        delivery.status, delivery.answer, delivery.milliseconds = answer.status, answer.text, answer.milliseconds
        if answer.is_taken:
            delivery.state = Delivery.State.DELIVERED
            webhook.failing_since, webhook.failure_count, webhook.rests_until = None, 0, None
        else:
            _put_off(delivery, now)
            _hold_against(webhook, answer, now)
        delivery.save(update_fields=["status", "answer", "milliseconds", "state", "due_at"])
        webhook.save(update_fields=["failing_since", "failure_count", "rests_until", "is_on", "off_reason"])
    log.info("webhook_sent", webhook=taken.webhook_id, status=answer.status, milliseconds=answer.milliseconds)


def _put_off(delivery: Delivery, now: datetime) -> None:
    if delivery.attempt_count > len(RETRIES):
        delivery.state = Delivery.State.FAILED
    else:
        delivery.due_at = now + RETRIES[delivery.attempt_count - 1]


def _hold_against(webhook: Webhook, answer: Answer, now: datetime) -> None:
    """Let it rest, longer each time; turn it off when it has failed for days, or says that it is gone for good."""
    webhook.failing_since = webhook.failing_since or now
    webhook.failure_count += 1
    webhook.rests_until = now + min(RETRIES[min(webhook.failure_count, len(RETRIES)) - 1], LONGEST_REST)
    if not webhook.is_on:  # somebody did it meanwhile
        return
    if answer.status == _GONE:
        _turn_off(webhook, "The receiver answered that it is gone (410).", now)
    elif now - webhook.failing_since >= FAILING_FOR:
        said = f"Nothing could be delivered for {FAILING_FOR.days} days, {webhook.failure_count} attempts in a row."
        _turn_off(webhook, said, now)


def _turn_off(webhook: Webhook, reason: str, now: datetime) -> None:
    webhook.is_on, webhook.off_reason = False, reason
    audit.record("webhook.turned_off", by=None, workspace=webhook.workspace, target=webhook, detail={"reason": reason})
    recording.turned_off(webhook=webhook, now=now)
