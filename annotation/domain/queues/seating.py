"""When there is a seat at an item for somebody, in bare SQL: the conditions of which all statements of lines are made.

In them the item is called `i`; the values are those of `line_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from annotation.domain import statements
from annotation.models import Queue, User

_TAKEN_BY_OTHERS = """
(SELECT count(DISTINCT taken.reviewer_id) FROM (
   SELECT h.reviewer_id FROM annotation_reservation h WHERE h.item_id = i.id AND h.expires_at > %(now)s
   UNION ALL SELECT a.reviewer_id FROM annotation_assignment a WHERE a.item_id = i.id) AS taken
 WHERE taken.reviewer_id <> %(person)s
   AND NOT EXISTS (SELECT FROM annotation_review g WHERE g.item_id = i.id AND g.reviewer_id = taken.reviewer_id))
"""
"""Seats that others have on their screens or by assignment; somebody whose review is in has none beside it."""

_SEATS = (
    "i.extra_seats + i.double_seats + (SELECT q.reviewers_per_item FROM annotation_queue q WHERE q.id = i.queue_id)"
)

IS_SEAT_FREE = f"i.review_count + {_TAKEN_BY_OTHERS} < {_SEATS}"

# Who wrote the answer that settled an item before has seen all its reviews: any review will do. It is asked for each item that is
# looked at (OFFSET 0), among the few reviews of the item (+ 0): PostgreSQL, which knows nothing of tables that grew this minute,
# would read all reviews of the person instead.
MAY_REVIEW = """i.state = 'open'
  AND NOT EXISTS (SELECT FROM annotation_review r WHERE r.item_id = i.id AND r.reviewer_id + 0 = %(person)s OFFSET 0)"""

IS_TO_BE_HAD = f"{MAY_REVIEW} AND i.flagged_at IS NULL AND {IS_SEAT_FREE}"

MAY_BE_GIVEN = f"i.queue_id = %(queue)s AND i.id <> ALL(%(full)s::bigint[]) AND {IS_TO_BE_HAD}"

IS_ROW = "i.kind <> 'pair'"
"""Nobody can compare a pair in a row."""


def by_id(conditions: str) -> str:
    """The same conditions, of which no index of items can serve any: what is joined to the few that are somebody's is found by
    its id. PostgreSQL, which knows nothing of a queue that was just filled, would walk along all its items instead.
    """
    return conditions.replace("i.queue_id =", "i.queue_id + 0 =").replace("i.state =", "i.state || '' =")


def line_of(queue: Queue, person: User, now: datetime, full: Collection[int] = ()) -> dict[str, Any]:
    """The values of conditions on one person's line, without the items `full` (inside ids)."""
    return {"queue": queue.pk, "person": person.pk, "now": now, "full": list(full)}


def first(statement: str, values: dict[str, Any]) -> Callable[[], Any]:
    """The first column of the first row; None without one."""
    rows = statements.ask(statement, values)
    return lambda: next((row[0] for row in rows()), None)
