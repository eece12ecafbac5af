"""Notes down what happened, for whoever listens, in the transaction of its cause."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from annotation.domain import access, statements
from annotation.jobs import JobName, enqueue
from annotation.models import Delivery, Item, MailWish, Membership, Notice, NoticeMail, Queue, User, Webhook

MAIL_WAITS = timedelta(minutes=3)
"""So long a mail waits for what else happens, so that it is one mail."""

MOST_ITEMS = 100
"""So many items are named in one notice; the count says how many there are."""


def assigned(*, queue: Queue, person: User, items: Iterable[Item], by: User, now: datetime) -> None:
    """These items of the queue are the person's to review; one notice, however many they are. Nobody mails themselves."""
    detail = _of_items(queue, list(items)) | {"person": {"id": str(person.uuid), "email": person.email}}
    _record(Notice.Kind.ASSIGNED, queue, detail, now, person, is_mailed=person.pk != by.pk)


def differ(*, queue: Queue, items: Iterable[Item], now: datetime) -> None:
    """The reviews of these items differ, and somebody has to decide."""
    _record(Notice.Kind.DISAGREEMENT, queue, _of_items(queue, list(items)), now)


def done(*, queue: Queue, now: datetime) -> None:
    """All items of the queue are settled."""
    _record(Notice.Kind.DONE, queue, _of_queue(queue), now)


def turned_off(*, webhook: Webhook, now: datetime) -> None:
    """A webhook failed for so long that it was turned off: the workspace's admins are mailed, if they did not say no to it."""
    admins = Membership.objects.filter(workspace=webhook.workspace_id, role__in=_ADMINS, user__is_active=True)
    people = list(admins.exclude(user__mail_wish__is_warned=False).values_list("user", flat=True))
    if not people:
        return
    detail = {"webhook": {"id": str(webhook.uuid), "name": webhook.name}, "reason": webhook.off_reason}
    kind = Notice.Kind.WEBHOOK_OFF
    notice = Notice.objects.create(workspace_id=webhook.workspace_id, kind=kind, detail=detail, happened_at=now)
    NoticeMail.objects.bulk_create([NoticeMail(notice=notice, user_id=one, due_at=now) for one in people])


def _of_queue(queue: Queue) -> dict[str, Any]:
    return {"queue": {"id": str(queue.uuid), "name": queue.name}}


def _of_items(queue: Queue, items: list[Item]) -> dict[str, Any]:
    named = [{"id": str(item.uuid), "number": item.number} for item in items[:MOST_ITEMS]]
    return _of_queue(queue) | {"count": len(items), "items": named}


def _record(
    kind: str,
    queue: Queue,
    detail: dict[str, Any],
    now: datetime,
    person: User | None = None,
    *,
    is_mailed: bool = True,
) -> None:
    """One statement, which writes nothing where nobody listens; whoever delivers is rung for after commit."""
    values: dict[str, Any] = {
        "workspace": queue.workspace_id,
        "kind": str(kind),
        "queue": queue.pk,
        "person": person.pk if person else None,
        "detail": Jsonb(detail),
        "now": now,
        "is_mailed": is_mailed,
        "mail_at": now + MAIL_WAITS,
        "deciders": _DECIDERS,
    }
    with statements.prepared() as cursor:
        cursor.execute(_RECORD, values)
        is_heard = cursor.rowcount > 0
    if is_heard:
        enqueue(JobName.DELIVER_NOTICES)


_DECIDERS = [role for role, may in access.ROLE_CAPABILITIES.items() if access.Capability.EDIT in may]
"""Who may be mailed about what does not concern one person."""

_ADMINS = [role for role, may in access.ROLE_CAPABILITIES.items() if access.Capability.ADMINISTER in may]

_RECORD = f"""
WITH listening AS (
  SELECT w.id FROM {Webhook._meta.db_table} w
  WHERE w.workspace_id = %(workspace)s AND w.is_on AND %(kind)s::text = ANY(w.kinds) AND (w.is_for_all_queues OR EXISTS (
    SELECT FROM {Webhook.queues.through._meta.db_table} n WHERE n.webhook_id = w.id AND n.queue_id = %(queue)s))
), wishing AS (
  SELECT m.user_id FROM {MailWish._meta.db_table} m JOIN {Membership._meta.db_table} s ON s.user_id = m.user_id
  WHERE %(is_mailed)s::boolean AND s.workspace_id = %(workspace)s AND %(kind)s::text = ANY(m.kinds)
    AND CASE WHEN %(person)s::bigint IS NULL THEN s.role = ANY(%(deciders)s) ELSE m.user_id = %(person)s::bigint END
    AND NOT EXISTS (
      SELECT FROM {MailWish.muted_queues.through._meta.db_table} q WHERE q.mailwish_id = m.user_id AND q.queue_id = %(queue)s)
), written AS (
  INSERT INTO {Notice._meta.db_table} (uuid, workspace_id, kind, queue_id, person_id, detail, happened_at)
  SELECT gen_random_uuid(), %(workspace)s, %(kind)s::text, %(queue)s, %(person)s::bigint, %(detail)s, %(now)s
  WHERE EXISTS (SELECT FROM listening) OR EXISTS (SELECT FROM wishing)
  RETURNING id
), mails AS (
  INSERT INTO {NoticeMail._meta.db_table} (notice_id, user_id, due_at)
  SELECT written.id, wishing.user_id, %(mail_at)s FROM wishing, written
)
INSERT INTO {Delivery._meta.db_table} (uuid, webhook_id, notice_id, state, due_at, attempt_count, answer)
SELECT gen_random_uuid(), listening.id, written.id, 'waiting', %(now)s, 0, '' FROM listening, written
"""  # noqa: S608, SLF001 -- our own words, and the only way to a table's name
