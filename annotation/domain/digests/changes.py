"""What changed in queues since a moment, and what of them is kept for the person, for any number of queues in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from annotation.domain.access import Actor
from annotation.domain.queues.counts import BOUND
from annotation.models import Completion, Item, Queue, Review, User


@dataclass(frozen=True, slots=True)
class Changes:
    """Of one queue: items that came in (counting stops at BOUND), items that others gave to the person, reviews of all members.

    As it stands: open items that are kept for the person (`own`).
    """

    added: int = 0
    given: int = 0
    reviewed: int = 0
    own: int = 0


@dataclass(frozen=True, slots=True)
class OwnChanges:
    """What others decided about the person's reviews."""

    accepted: int
    rejected: int
    settled: int


_SQL = """
SELECT queue.id,
  (SELECT count(*) FILTER (WHERE newest.created_at >= %(since)s) FROM (
    SELECT i.created_at FROM annotation_item i
    WHERE i.queue_id = queue.id AND i.state <> 'removed' ORDER BY i.id DESC LIMIT %(bound)s) AS newest),
  (SELECT count(*) FROM annotation_assignment a JOIN annotation_item i ON i.id = a.item_id
    WHERE a.reviewer_id = %(person)s AND a.assigned_by_id IS DISTINCT FROM a.reviewer_id AND a.assigned_at >= %(since)s
      AND i.queue_id = queue.id AND i.state = 'open'),
  coalesce(reviewed.count, 0),
  (SELECT count(*) FROM annotation_assignment a JOIN annotation_item i ON i.id = a.item_id
    WHERE a.reviewer_id = %(person)s AND i.queue_id = queue.id AND i.state = 'open' AND i.flagged_at IS NULL)
FROM unnest(%(queues)s::bigint[]) AS queue(id)
LEFT JOIN (
  SELECT i.queue_id AS id, count(*) AS count FROM annotation_membership m
  JOIN annotation_review r ON r.reviewer_id = m.user_id AND r.submitted_at >= %(since)s AND NOT r.is_adjudication
  JOIN annotation_item i ON i.id = r.item_id
  WHERE m.workspace_id = %(workspace)s AND i.workspace_id = m.workspace_id GROUP BY i.queue_id
) AS reviewed ON reviewed.id = queue.id
"""  # reviews are found by their members, as there is an index of each member's by time


def of_queues(queues: Iterable[Queue], actor: Actor, *, since: datetime) -> dict[int, Changes]:
    """Changes by the queue's primary key; `given` to the actor's person."""
    values: dict[str, Any] = {
        "queues": [queue.pk for queue in queues],
        "workspace": actor.workspace.pk,
        "person": actor.person.pk if actor.person else None,
        "since": since,
        "bound": BOUND,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        return {queue: Changes(*counts) for queue, *counts in cursor.fetchall()}


def done(queues: Iterable[Queue], *, since: datetime) -> set[int]:
    """Which of these queues were done since, and still are."""
    told = Completion.objects.filter(queue__in=[queue.pk for queue in queues], noted_at__gte=since)
    waiting = Item.objects.filter(queue__in=told.values("queue"), state__in=[Item.State.OPEN, Item.State.DISAGREEMENT])
    return set(told.exclude(queue__in=waiting.values("queue")).values_list("queue", flat=True))


def own(queues: Iterable[Queue], person: User, *, since: datetime) -> OwnChanges:
    """Of what the person reviewed in these queues; only numbers, which tell nobody what the others said."""
    rows = Review.objects.filter(reviewer=person, item__queue__in=[queue.pk for queue in queues])
    decided = Q(decided_at__gte=since) & ~Q(decided_by=person)
    settled = Q(item__adjudicated_at__gte=since) & ~Q(item__adjudicated_by=person)
    found = rows.aggregate(
        accepted=Count("pk", filter=decided & Q(correction_state=Review.Correction.ACCEPTED)),
        rejected=Count("pk", filter=decided & Q(correction_state=Review.Correction.REJECTED)),
        settled=Count("pk", filter=settled),
    )
    return OwnChanges(**found)
