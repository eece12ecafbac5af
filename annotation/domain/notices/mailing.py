"""Notices as mails: what happened to a person within minutes is one mail; each is claimed by its row before it is sent.

Claimed first and sent then: a crash in between loses a mail rather than sending it twice. A mail server that is away loses
nothing: the claim is given back, and it is tried later.
"""

from __future__ import annotations

import smtplib
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from annotation.domain import access
from annotation.domain.notices import letters, messages, wishes
from annotation.domain.notices.letters import Entry, Letter
from annotation.jobs import JobName, enqueue
from annotation.models import Membership, Notice, NoticeMail, Queue, User

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 8
"""Of a mail that no server takes: about a day, each wait twice as long as the one before."""

MOST_TOGETHER = 50
"""Notices in one mail."""

_FIRST_WAIT = timedelta(minutes=5)
_DRIVE_SECONDS = 20.0
_TURN, _TURN_SECONDS = "notices:mailing", 90


def sweep(*, now: datetime) -> None:
    """Ring if a mail is due."""
    if NoticeMail.objects.filter(taken_at=None, due_at__lte=now).exists():
        enqueue(JobName.MAIL_NOTICES)


def send_due() -> None:
    """Send what is due, for a while, one worker at a time; the sweep rings again if something is left."""
    if not cache.add(_TURN, 1, _TURN_SECONDS):
        return
    try:
        until = time.monotonic() + _DRIVE_SECONDS
        while time.monotonic() < until:
            taken = _take(timezone.now())
            if not taken:
                return
            _send(taken, timezone.now())
    finally:
        cache.delete(_TURN)


def _take(now: datetime) -> list[NoticeMail]:
    """All that waits for the person whose mail is due longest, of one workspace, claimed."""
    with transaction.atomic():
        waiting = NoticeMail.objects.filter(taken_at=None).select_related("notice__workspace", "notice__queue", "user")
        locked = waiting.select_for_update(of=("self",), skip_locked=True)
        first = locked.filter(due_at__lte=now).order_by("due_at", "pk").first()
        if first is None:
            return []
        theirs = locked.filter(user=first.user, notice__workspace=first.notice.workspace).order_by("pk")[:MOST_TOGETHER]
        taken = list(theirs)
        NoticeMail.objects.filter(pk__in=[one.pk for one in taken]).update(taken_at=now)
    return taken


def _send(taken: Sequence[NoticeMail], now: datetime) -> None:
    user, workspace = taken[0].user, taken[0].notice.workspace
    wanted = _wanted(user, [one.notice for one in taken])
    if not wanted:
        return
    kinds = {notice.kind for notice in wanted}
    entries = [_entry(notice) for notice in wanted]
    title = entries[0].words if len(entries) == 1 else f"{len(entries)} things happened in {workspace.name}"
    try:
        letters.send(Letter(user, title, f"In {workspace.name}:", entries, sorted(kinds)))
    except (OSError, smtplib.SMTPException) as problem:
        log.warning("mail_not_sent", user=user.pk, problem=type(problem).__name__)
        _give_back(taken, now)


def _give_back(taken: Sequence[NoticeMail], now: datetime) -> None:
    for one in taken:
        if one.attempt_count < MOST_ATTEMPTS:
            due = now + _FIRST_WAIT * 2**one.attempt_count
            NoticeMail.objects.filter(pk=one.pk).update(taken_at=None, due_at=due, attempt_count=one.attempt_count + 1)


def _wanted(user: User, notices: Sequence[Notice]) -> list[Notice]:
    """Those that the person still wants and may still see."""
    membership = Membership.objects.select_related("workspace", "user").filter(
        user=user, workspace=notices[0].workspace, user__is_active=True
    )
    kinds = set(wishes.of(user).kinds)
    if not kinds or (member := membership.first()) is None:
        return []
    actor = access.member_actor(member)
    reviewed = {queue.pk for queue in access.reviewable_queues(actor)}
    seen = {Notice.Kind.ASSIGNED: reviewed}
    if actor.may(access.Capability.EDIT):
        seen |= dict.fromkeys((Notice.Kind.DISAGREEMENT, Notice.Kind.DONE), _all(notices))
    return [one for one in notices if one.kind in kinds and one.queue_id in seen.get(Notice.Kind(one.kind), ())]


def _all(notices: Sequence[Notice]) -> set[int]:
    return {one.queue_id for one in notices if one.queue_id}


def _entry(notice: Notice) -> Entry:
    assert isinstance(notice.queue, Queue)  # noqa: S101 -- only these are mailed
    slug, queue, count = notice.workspace.slug, notice.queue, notice.detail.get("count", 0)
    path = messages.queue_path(slug, str(queue.uuid))
    if notice.kind == Notice.Kind.ASSIGNED:
        words = f"{count} {'item is' if count == 1 else 'items are'} assigned to you in {queue.name}"
        return Entry(words, messages.absolute(f"{path}review/"))
    if notice.kind == Notice.Kind.DISAGREEMENT:
        item = notice.detail["items"][0]
        words = f"The reviews of item {item['number']} of {queue.name} differ"
        return Entry(words, messages.absolute(messages.item_path(slug, str(queue.uuid), item["number"], notice.kind)))
    return Entry(f"{queue.name} is done: all its items are settled", messages.absolute(path))
