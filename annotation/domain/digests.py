"""The daily digest: what waits for a person in which queues, at their hour, once a day, and only where something does."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import structlog
from django.db.models import Q

from annotation.domain import access
from annotation.domain.access import Capability
from annotation.domain.notices import letters, messages, wishes
from annotation.domain.notices.letters import Entry, Letter
from annotation.domain.queues import counts
from annotation.domain.queues.counts import Counts
from annotation.models import MailWish, Membership, Queue

log = structlog.get_logger(__name__)


def send_due(*, now: datetime) -> None:
    """Send every digest whose hour has come today and that was not sent yet; one that no server takes is tried again."""
    for wish in MailWish.objects.filter(has_digest=True, user__is_active=True).select_related("user"):
        there = now.astimezone(ZoneInfo(wish.time_zone))
        is_due = there.hour >= wish.digest_hour and wish.digest_on != there.date()
        if is_due and _claim(wish, there.date()):
            _send(wish)


def _claim(wish: MailWish, today: date) -> bool:
    """Whether it is this call that sends today's; taken before sending, so that no two do."""
    undone = MailWish.objects.filter(Q(digest_on=None) | Q(digest_on__lt=today), pk=wish.pk, has_digest=True)
    return undone.update(digest_on=today) == 1


def _send(wish: MailWish) -> None:
    memberships = Membership.objects.filter(user=wish.user_id).select_related("workspace", "user")
    entries = [entry for membership in memberships.order_by("workspace__name") for entry in _entries(membership)]
    if not entries:
        return
    try:
        letters.send(Letter(wish.user, "What waits for you", "Today in your queues:", entries, [wishes.DIGEST]))
    except (OSError, smtplib.SMTPException) as problem:
        log.warning("digest_not_sent", user=wish.user_id, problem=type(problem).__name__)
        MailWish.objects.filter(pk=wish.pk).update(digest_on=wish.digest_on)


def _entries(membership: Membership) -> Iterator[Entry]:
    """What there is to say of one workspace: what the person has to review, to decide on, and how far queues are."""
    actor = access.member_actor(membership)
    queues = list(access.visible(actor, Queue).filter(status=Queue.Status.ACTIVE).order_by("due_on", "name"))
    known = counts.of_queues(queues, person=membership.user)
    reviewed = set(access.reviewable_queues(actor).values_list("pk", flat=True))
    for queue in queues:
        count, slug = known[queue.pk], membership.workspace.slug
        path = messages.absolute(messages.queue_path(slug, str(queue.uuid)))
        name, due = f"{membership.workspace}: {queue}", f"due {queue.due_on:%d %b %Y}" if queue.due_on else ""
        if count.left and queue.pk in reviewed:
            yield Entry(f"{name}: {_items(count.left)} for you to review", f"{path}review/", due)
        if count.disagreement and actor.may(Capability.EDIT):
            yield Entry(f"{name}: {_items(count.disagreement)} whose reviews differ", f"{path}adjudication/")
        if count.done < count.total and actor.may(Capability.ADMINISTER):
            yield Entry(f"{name}: {_progress(count)}", f"{path}progress/", due)


def _items(count: int) -> str:
    if count >= counts.BOUND:
        return f"{counts.BOUND:,} items or more"
    return "1 item" if count == 1 else f"{count:,} items"


def _progress(count: Counts) -> str:
    return f"{count.percent} % done, {count.done:,} of {count.total:,}{' or more' if count.is_bounded else ''}"
