"""Notices put into mails: what happened to a person in one workspace within minutes is one mail."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from annotation.models import Mail, NoticeMail, Queue

MOST_TOGETHER = 50
"""Notices in one mail."""

_MOST_MAILS = 500
"""So many mails are written down in one go; the next sweep rings again."""


def due(now: datetime) -> QuerySet[NoticeMail]:
    """What stands in no mail yet and has waited long enough for what else might happen."""
    return _waiting().filter(due_at__lte=now)


def gather(*, now: datetime) -> None:
    """Write down a mail for everybody for whom something is due, with all that waits for them there."""
    for _ in range(_MOST_MAILS):
        if not _one(now):
            return


def _one(now: datetime) -> bool:
    """Whether there was anything."""
    with transaction.atomic():
        first = _locked(due(now)).order_by("due_at", "pk").first()
        if first is None:
            return False
        workspace = first.notice.workspace_id
        waiting = _waiting().filter(user=first.user_id, notice__workspace=workspace)
        together = [one.pk for one in _locked(waiting).order_by("pk")[:MOST_TOGETHER]]
        mail = Mail.objects.create(user_id=first.user_id, workspace_id=workspace, due_at=now)
        NoticeMail.objects.filter(pk__in={first.pk, *together}).update(mail=mail)
    return True


def _waiting() -> QuerySet[NoticeMail]:
    """Not of drafts: who is given items of one hears of it when it is shown to them."""
    return NoticeMail.objects.filter(mail=None).exclude(notice__queue__status=Queue.Status.DRAFT)


def _locked(rows: QuerySet[NoticeMail]) -> QuerySet[NoticeMail]:
    return rows.select_related("notice").select_for_update(of=("self",), skip_locked=True)
