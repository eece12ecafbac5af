"""How far queues are: counts that stop at a bound, for any number of queues in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from annotation.domain.queues.seating import IS_SEAT_FREE
from annotation.models import Queue, User

BOUND = 10_000
"""Counting stops here: a bar does not get better by counting on, and the page stays fast."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Items of one queue by state, each at most BOUND; `fresh` are those of the open ones that the person can have, or has,
    `again` those that they are asked for again. `is_rough`: rounded to tens, all but the total.
    """

    open: int = 0
    done: int = 0
    removed: int = 0
    flagged: int = 0
    waiting: int = 0
    fresh: int = 0
    again: int = 0
    disagreement: int = 0
    is_rough: bool = False

    @property
    def total(self) -> int:
        """The items that stand in the queue."""
        return self.open + self.disagreement + self.done

    @property
    def left(self) -> int:
        """What the person can review, or has to again: others have no seat of it that they would need."""
        return self.fresh + self.again

    @property
    def is_bounded(self) -> bool:
        """Whether there are more than were counted."""
        return max(self.open, self.done, self.removed) >= BOUND

    @property
    def percent(self) -> int:
        """How much of the queue is done, rounded down, so that only all of it is 100."""
        return 100 * self.done // self.total if self.total else 0


def rough(exact: Counts) -> Counts:
    """For who is measured by items mixed in among the others: exact numbers would move with every submission but theirs."""
    if exact.done == exact.total:
        return exact
    done, disagreement = _tens(exact.done), _tens(exact.disagreement)
    return Counts(
        open=exact.total - done - disagreement,
        done=done,
        removed=_tens(exact.removed),
        flagged=_tens(exact.flagged),
        waiting=_tens(exact.waiting),
        fresh=_tens(exact.left + 9),
        disagreement=disagreement,
        is_rough=True,
    )


def _tens(count: int) -> int:
    return count // 10 * 10


def _of_state(state: str) -> str:
    return f"""(SELECT count(*) FROM (SELECT 1 FROM annotation_item i
    WHERE i.queue_id = queue.id AND i.state = '{state}' LIMIT %(bound)s) AS counted)"""  # noqa: S608 -- our own words


_SQL = f"""
WITH taken AS MATERIALIZED (
  SELECT h.item_id FROM annotation_reservation h JOIN annotation_item o ON o.id = h.item_id
  WHERE o.queue_id = ANY(%(queues)s::bigint[]) AND h.expires_at > now() AND h.reviewer_id <> %(person)s
  UNION SELECT a.item_id FROM annotation_assignment a JOIN annotation_item o ON o.id = a.item_id
  WHERE o.queue_id = ANY(%(queues)s::bigint[]) AND a.reviewer_id <> %(person)s)
SELECT queue.id,
  {_of_state("open")},
  {_of_state("done")},
  {_of_state("removed")},
  (SELECT count(*) FROM (SELECT 1 FROM annotation_item i
    WHERE i.queue_id = queue.id AND i.flagged_at IS NOT NULL AND i.state <> 'removed' LIMIT %(bound)s) AS counted),
  (SELECT count(*) FROM (SELECT 1 FROM annotation_review r JOIN annotation_item i ON i.id = r.item_id
    WHERE r.correction_state = 'proposed' AND i.queue_id = queue.id AND i.state <> 'removed' LIMIT %(bound)s) AS counted),
  (SELECT count(*) FROM (SELECT 1 FROM annotation_item i
    WHERE i.queue_id = queue.id AND i.state = 'open' AND i.flagged_at IS NULL AND NOT EXISTS (
      SELECT 1 FROM annotation_review r WHERE r.item_id = i.id AND r.reviewer_id = %(person)s
    ) AND (i.id NOT IN (SELECT item_id FROM taken) OR {IS_SEAT_FREE.replace("%(now)s", "now()")}) LIMIT %(bound)s) AS counted),
  (SELECT count(*) FROM annotation_review r JOIN annotation_item i ON i.id = r.item_id
    WHERE r.reviewer_id = %(person)s AND r.is_asked_again AND i.queue_id = queue.id AND i.state <> 'removed'
      AND i.flagged_at IS NULL),
  {_of_state("disagreement")}
FROM unnest(%(queues)s::bigint[]) AS queue(id)
"""  # noqa: S608 -- our own words
# Few items are taken by anybody, and are looked up in a hash; only of those the seats are counted.


def of_queues(queues: Iterable[Queue], *, person: User | None) -> dict[int, Counts]:
    """Counts by the queue's primary key; `left` for `person`."""
    given: dict[str, Any] = {
        "queues": [queue.pk for queue in queues],
        "bound": BOUND,
        "person": person.pk if person else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, given)
        return {queue: Counts(*counts) for queue, *counts in cursor.fetchall()}


_STANDING = f"""
SELECT {_of_state("open")}, {_of_state("done")}, {_of_state("disagreement")} FROM (SELECT %(queue)s::bigint) AS queue(id)
"""  # noqa: S608 -- our own words


def standing(queue: Queue) -> Counts:
    """The items of one queue that stand in it, by state, and nothing else: looked for with every item that is opened."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"queue": queue.pk, "bound": BOUND})
        open_count, done, disagreement = cursor.fetchone()
    return Counts(open=open_count, done=done, disagreement=disagreement)


def of_queue(queue: Queue, *, person: User | None) -> Counts:
    """Counts of one queue."""
    return of_queues([queue], person=person)[queue.pk]
