"""How much queues have for one person, without taking anything: which have an item, and how many, counted no further than asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from annotation.domain import statements
from annotation.domain.queues.seating import IS_ROW, IS_TO_BE_HAD, MAY_BE_GIVEN, line_of
from annotation.models import Queue, User

_LEFT = f"""
SELECT (SELECT count(*) FROM (SELECT FROM annotation_item i WHERE {MAY_BE_GIVEN} AND {IS_ROW} LIMIT %(most)s) AS counted),
  (SELECT count(DISTINCT h.reviewer_id) FROM annotation_reservation h
   WHERE h.expires_at > %(now)s AND h.reviewer_id <> %(person)s
     AND EXISTS (SELECT FROM annotation_item i WHERE i.id = h.item_id AND i.queue_id + 0 = %(queue)s OFFSET 0))
"""  # noqa: S608 -- our own words
# Each of the few that are on screens is looked up by its id (OFFSET 0), instead of all items of a queue that was just filled.

_WITH_WORK = f"""
SELECT queue.id FROM unnest(%(queues)s::bigint[]) WITH ORDINALITY AS queue(id, place)
WHERE EXISTS (SELECT FROM annotation_item i WHERE i.queue_id = queue.id AND {IS_TO_BE_HAD})
ORDER BY queue.place LIMIT %(most)s
"""  # noqa: S608 -- our own words

_TO_BE_HAD = f"""
SELECT queue.id, (SELECT count(*) FROM (
  SELECT FROM annotation_item i WHERE i.queue_id = queue.id AND {IS_TO_BE_HAD} LIMIT %(most)s) AS counted)
FROM unnest(%(queues)s::bigint[]) AS queue(id)
"""  # noqa: S608 -- our own words


def left(queue: Queue, person: User, now: datetime, *, most: int) -> tuple[int, int]:
    """How many items could be given to the person in rows, counted up to `most`; and how many others are at the queue now."""
    ((free, others),) = statements.ask(_LEFT, {**line_of(queue, person, now), "most": most})()
    return free, others


def with_work(queues: Sequence[int], person: User, now: datetime, *, most: int) -> list[int]:
    """The first of these queues (inside ids) that could give the person an item; nothing is counted."""
    given = {"queues": list(queues), "person": person.pk, "now": now, "most": most}
    return [found for (found,) in statements.ask(_WITH_WORK, given)()]


def to_be_had(queues: Iterable[int], person: User, now: datetime, *, most: int) -> dict[int, int]:
    """How many items each of these queues (inside ids) could give the person, counted up to `most`.

    Planned anew each time, unlike the rest: so many rows are looked at that an old plan would cost more.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TO_BE_HAD, {"queues": list(queues), "person": person.pk, "now": now, "most": most})
        return dict(cursor.fetchall())
