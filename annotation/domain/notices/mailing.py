"""Mails on their way: at least once, again after failures, safe to kill anywhere.

Whoever sends a mail first writes down, in a transaction of its own, that it is tried; if it dies, the mail is due again once
the lease is over. A person may so get it twice, and their mail program knows it by its Message-ID.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from annotation.domain.notices import composing, gathering, letters, trouble
from annotation.domain.notices.letters import Letter
from annotation.jobs import JobName, enqueue
from annotation.models import Mail

log = structlog.get_logger(__name__)

Compose = Callable[[Mail, datetime], Letter | None]
"""What a mail says as things are now; None: nothing (any more)."""

MOST_ATTEMPTS = 9
"""Of a mail that no server takes: about a day, each wait twice as long as the one before."""

FIRST_WAIT = timedelta(minutes=5)
LEASE = timedelta(minutes=5)
"""Longer than any attempt takes: a mail server has EMAIL_TIMEOUT for each of its answers."""

_DRIVE_SECONDS = 20.0
_TURN, _TURN_SECONDS = "notices:mailing", 90
"""Whose turn it is to send; after a server that did not answer nobody's, so that one that is away costs little."""


def sweep(*, now: datetime) -> None:
    """Ring if a mail is due, or to be written down."""
    if gathering.due(now).exists() or Mail.objects.filter(state=Mail.State.WAITING, due_at__lte=now).exists():
        enqueue(JobName.MAIL_NOTICES)


def send_due(*, digest: Compose) -> None:
    """Send what is due, for a while, one worker at a time; the sweep rings again if something is left.

    `digest` writes the digests, which know more than notices do.
    """
    if not cache.add(_TURN, 1, _TURN_SECONDS):
        return
    if _send_until(time.monotonic() + _DRIVE_SECONDS, digest):
        cache.delete(_TURN)


def _send_until(end: float, digest: Compose) -> bool:
    """Whether the mail server was there all the time."""
    gathering.gather(now=timezone.now())
    while time.monotonic() < end and (mail := _take(timezone.now())):
        if not _send(mail, digest if mail.day else composing.letter, timezone.now()):
            return False
    return True


def _take(now: datetime) -> Mail | None:
    """The mail that is due longest, leased."""
    with transaction.atomic():
        waiting = Mail.objects.filter(state=Mail.State.WAITING, due_at__lte=now).select_related("user", "workspace")
        mail = waiting.select_for_update(of=("self",), skip_locked=True).order_by("due_at", "pk").first()
        if mail is not None:
            mail.attempt_count, mail.attempted_at, mail.due_at = mail.attempt_count + 1, now, now + LEASE
            mail.save(update_fields=["attempt_count", "attempted_at", "due_at"])
    return mail


def _send(mail: Mail, compose: Compose, now: datetime) -> bool:
    """Whether the mail server was there, or not needed."""
    if mail.attempt_count > MOST_ATTEMPTS:  # whoever took it died each time
        _put_off(mail, "Nobody lived to see it sent.", now)
        return True
    try:
        letter = compose(mail, now)
        if letter is not None:
            letters.send(letter, message_id=str(mail.uuid))
    except Exception as problem:  # whatever is the matter with one mail, the others go out
        _put_off(mail, said := trouble.said(problem), now)
        is_ours = not isinstance(problem, OSError)
        log.warning("mail_not_sent", mail=str(mail.uuid), attempt=mail.attempt_count, problem=said, exc_info=is_ours)
        return not trouble.is_of_server(problem)
    state = Mail.State.DROPPED if letter is None else Mail.State.SENT
    Mail.objects.filter(pk=mail.pk).update(state=state, problem="")
    return True


def _put_off(mail: Mail, problem: str, now: datetime) -> None:
    """Try it again later, or give it up; nothing, if somebody else has it by now."""
    is_last = mail.attempt_count >= MOST_ATTEMPTS
    Mail.objects.filter(pk=mail.pk, state=Mail.State.WAITING, attempt_count=mail.attempt_count).update(
        state=Mail.State.FAILED if is_last else Mail.State.WAITING,
        due_at=now if is_last else now + FIRST_WAIT * 2 ** (mail.attempt_count - 1),
        problem=problem,
    )
