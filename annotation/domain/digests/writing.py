"""Digests written down as mails, for everybody for whom the hour has come; what they say is put together when they leave."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from annotation.domain.notices import wishes
from annotation.jobs import JobName, enqueue
from annotation.models import Mail, MailWish


def write_due(*, now: datetime) -> None:
    """Write down every digest whose hour has come today and that was not written yet."""
    for row in MailWish.objects.filter(has_digest=True, user__is_active=True):
        there = wishes.there(now, row.time_zone)
        if there.hour >= row.digest_hour and row.digest_on != there.date():
            _write(row, there.date(), now)


def _write(row: MailWish, today: date, now: datetime) -> None:
    with transaction.atomic():  # whoever else does it at this moment waits, and finds it done
        undone = MailWish.objects.filter(Q(digest_on=None) | Q(digest_on__lt=today), pk=row.pk, has_digest=True)
        if undone.update(digest_on=today):
            Mail.objects.bulk_create([Mail(user_id=row.pk, day=today, due_at=now)], ignore_conflicts=True)
            enqueue(JobName.MAIL_NOTICES)
