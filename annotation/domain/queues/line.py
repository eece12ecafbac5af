"""The line of one person: what is on their screen, what they are given next, and whether there is a seat for them.

In bare SQL, prepared once for each connection: everybody asks this after every review. All of it stands on what the database
says now, so that a queue that was changed a moment ago is no danger to its seats.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import cache
from typing import TypeAlias

from annotation.domain import statements
from annotation.domain.queues.seating import IS_ROW, IS_SEAT_FREE, MAY_BE_GIVEN, MAY_REVIEW, by_id, first, line_of
from annotation.models import Item, Queue, User

Order: TypeAlias = tuple[str, ...]

MOST = 20
"""Items that one person has on the screen at once, in rows."""

ORDERS: dict[str, Order] = {
    Queue.Order.PRIORITY: ("-priority", "id"),
    Queue.Order.OLDEST: ("id",),
    Queue.Order.NEWEST: ("-id",),
    Queue.Order.RANDOM: ("id",),
    Queue.Order.UNCERTAIN: ("-uncertainty", "id"),
}
"""How lists are ordered as the line is; a list that all see is not shuffled."""

_IN_SQL: dict[str, str] = {
    Queue.Order.PRIORITY: "i.priority DESC, i.id",
    Queue.Order.OLDEST: "i.id",
    Queue.Order.NEWEST: "i.id DESC",
    Queue.Order.UNCERTAIN: "i.uncertainty DESC, i.id",
}

_LOCKED = "LIMIT 1 FOR NO KEY UPDATE OF i"


_ON_SCREEN = f"""
SELECT i.id FROM annotation_reservation mine JOIN annotation_item i ON i.id = mine.item_id
WHERE mine.reviewer_id = %(person)s AND mine.expires_at > %(now)s AND {by_id(f"i.queue_id = %(queue)s AND {MAY_REVIEW}")}
  AND i.flagged_at IS NULL AND i.id <> ALL(%(full)s::bigint[])
ORDER BY mine.id {_LOCKED}
"""  # noqa: S608 -- our own words
# In the order in which they were given.

_IS_FRESH = "NOT EXISTS (SELECT FROM annotation_skip s WHERE s.item_id = i.id AND s.reviewer_id = %(person)s OFFSET 0)"

_ASSIGNED = f"""
SELECT i.id FROM annotation_assignment mine JOIN annotation_item i ON i.id = mine.item_id
WHERE mine.reviewer_id = %(person)s AND {by_id(MAY_BE_GIVEN)} AND {_IS_FRESH}
ORDER BY mine.id {_LOCKED}
"""  # noqa: S608 -- our own words

_FRESH = f"""
SELECT i.id FROM annotation_item i
WHERE {MAY_BE_GIVEN} AND {_IS_FRESH}
ORDER BY {{order}} {_LOCKED}
"""  # noqa: S608 -- our own words

_SHUFFLED = f"""
SELECT i.id FROM (
  SELECT o.id AS shuffled_id, hashint8extended(o.id, %(person)s) AS place FROM annotation_item o
  WHERE o.queue_id = %(queue)s AND o.state = 'open' ORDER BY place OFFSET 0) AS shuffled
JOIN annotation_item i ON i.id = shuffled.shuffled_id
WHERE {MAY_BE_GIVEN} AND {_IS_FRESH}
ORDER BY shuffled.place {_LOCKED}
"""  # noqa: S608 -- our own words
# A hash of item and person: the same for ever, another one for everybody. Sorting comes first (OFFSET 0 is a fence), so that
# only the first of them are held against reviews and seats.

_PUT_OFF = f"""
SELECT i.id FROM annotation_skip s JOIN annotation_item i ON i.id = s.item_id
WHERE s.reviewer_id = %(person)s AND {by_id(MAY_BE_GIVEN)}
ORDER BY s.skipped_at, i.id {_LOCKED}
"""  # noqa: S608 -- our own words

_TAKING = """
INSERT INTO annotation_reservation (item_id, reviewer_id, created_at, expires_at)
SELECT i.id, %(person)s, %(now)s, %(now)s + q.reservation_minutes * interval '1 minute'
FROM annotation_item i JOIN annotation_queue q ON q.id = i.queue_id
"""

_TAKEN = "ON CONFLICT (item_id, reviewer_id) DO UPDATE SET expires_at = EXCLUDED.expires_at RETURNING "

_TAKE = f"{_TAKING} WHERE i.id = %(item)s AND {IS_SEAT_FREE} {_TAKEN} expires_at"

_TAKE_MANY = f"""
{_TAKING} WHERE i.id = ANY(%(items)s::bigint[]) AND i.state = 'open' AND {IS_SEAT_FREE}
  AND (i.flagged_at IS NULL OR EXISTS (SELECT FROM annotation_reservation mine
    WHERE mine.item_id = i.id AND mine.reviewer_id = %(person)s AND mine.expires_at > %(now)s OFFSET 0))
ORDER BY array_position(%(items)s::bigint[], i.id) {_TAKEN} item_id
"""

_SEATED = f"""
SELECT i.id, mine.expires_at FROM annotation_reservation mine JOIN annotation_item i ON i.id = mine.item_id
WHERE mine.reviewer_id = %(person)s AND mine.expires_at > %(now)s AND {by_id("i.queue_id = %(queue)s")}
  AND i.flagged_at IS NULL AND {IS_ROW} AND (({MAY_REVIEW}) OR EXISTS (
    SELECT FROM annotation_probe p WHERE p.item_id = i.id AND p.reviewer_id = %(person)s
      AND p.submitted_at IS NULL AND p.closed_at IS NULL))
ORDER BY mine.id
"""  # noqa: S608 -- our own words

_HAS_SEAT = f"""
SELECT {IS_SEAT_FREE} OR EXISTS (SELECT FROM annotation_reservation mine
  WHERE mine.item_id = i.id AND mine.reviewer_id = %(person)s AND mine.expires_at > %(now)s)
FROM annotation_item i WHERE i.id = %(item)s
"""  # noqa: S608 -- our own words

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))"


def ask_on_screen(queue: Queue, person: User, now: datetime) -> Callable[[], int | None]:
    """The item (its inside id) that the person has on the screen already, locked; to be asked for in a pipeline.

    Two clicks of one person come one after the other from here on, so that the second finds what the first reserved.
    """
    one_at_a_time(queue, person)
    return first(_ON_SCREEN, line_of(queue, person, now))


def one_at_a_time(queue: Queue, person: User) -> None:
    """Until the transaction ends, nothing else is claimed in the queue for this person."""
    statements.ask(_ONE_AT_A_TIME, {"key": f"claim:{queue.pk}:{person.pk}"})


def following(queue: Queue, person: User, now: datetime, *, full: Collection[int], is_waiting: bool) -> int | None:
    """What the person has on the screen already, else the first of their line but for `full`, locked: what is assigned to
    them, then the fresh ones in the queue's order, then what they put off.

    What others hold the lock of is passed over, unless `is_waiting`. Two clicks of one person come one after the other.
    """
    with statements.pipelined():
        one_at_a_time(queue, person)
        given = line_of(queue, person, now, full)
        found: Callable[[], int | None] = first(_next(queue.order, is_waiting=is_waiting), given)
    return found()


@cache
def _next(order: str, *, is_waiting: bool) -> str:
    """All parts of the line in one statement, of which PostgreSQL asks the next one only where those before had nothing."""
    how = "" if is_waiting else " SKIP LOCKED"
    parts = [_ON_SCREEN, *(part + how for part in _parts(order))]
    return f"SELECT coalesce({', '.join(f'({part})' for part in parts)})"


def _parts(order: str) -> tuple[str, str, str]:
    """The statements for the parts of a line, in order."""
    fresh = _SHUFFLED if order == Queue.Order.RANDOM else _FRESH.format(order=_IN_SQL[order])
    return _ASSIGNED, fresh, _PUT_OFF


def likely(queue: Queue, person: User, now: datetime, *, besides: int) -> int | None:
    """What `following` would give but for the item `besides`, without locking or taking anything: others may be faster."""
    return first(_likely(queue.order), line_of(queue, person, now, {besides}))()  # type: ignore[no-any-return]


@cache
def _likely(order: str) -> str:
    return _next(order, is_waiting=True).replace(_LOCKED, "LIMIT 1")


def seated(queue: Queue, person: User, now: datetime) -> list[tuple[int, datetime]]:
    """All that the person has on the screen and could answer in a row (inside id, until when), as it was given to them."""
    return [(found, until) for found, until in statements.ask(_SEATED, line_of(queue, person, now))()]


ASSIGNED, FRESH, PUT_OFF = range(3)
"""The parts of a line, in order."""


def following_many(
    queue: Queue,
    person: User,
    now: datetime,
    *,
    full: Collection[int],
    parts: Collection[int] = (ASSIGNED, FRESH, PUT_OFF),
) -> list[int]:
    """The first MOST of these parts of the person's line but for `full`, locked, no pairs among them.

    What others hold the lock of is passed over. Call under `one_at_a_time`.
    """
    found: list[int] = []
    for part in [part for place, part in enumerate(_parts_in_rows(queue.order)) if place in parts]:
        found += (row[0] for row in statements.ask(part, line_of(queue, person, now, {*full, *found}))())
        if len(found) >= MOST:
            break
    return found[:MOST]


@cache
def _parts_in_rows(order: str) -> list[str]:
    many = _LOCKED.replace("LIMIT 1", f"LIMIT {MOST}")
    in_rows = [part.replace("i.id <> ALL", f"{IS_ROW} AND i.id <> ALL") for part in _parts(order)]
    return [f"{part.replace(_LOCKED, many)} SKIP LOCKED" for part in in_rows]


def take_many(items: Sequence[int], person: User, now: datetime) -> set[int]:
    """As `take`, for several items that are locked, in this order; those of which the person has a seat now.

    A flagged one stays theirs while they hold it, as `flags` has it.
    """
    given = {"items": list(items), "person": person.pk, "now": now}
    return {row[0] for row in statements.ask(_TAKE_MANY, given)()} if items else set()


def take(item: Item, person: User, now: datetime) -> datetime | None:
    """Reserve a seat of the item for one reservation from now; None if there is none. Call with the item locked."""
    return ask_to_take(item.pk, person, now)()


def ask_to_take(item: int, person: User, now: datetime) -> Callable[[], datetime | None]:
    """The same in two steps, for an item named by its inside id."""
    return first(_TAKE, {"item": item, "person": person.pk, "now": now})


def ask_has_seat(item: Item, person: User, now: datetime) -> Callable[[], bool]:
    """Whether a review by the person fits in: they hold the item, or a seat is free. Ask once the item is locked."""
    return first(_HAS_SEAT, {"item": item.pk, "person": person.pk, "now": now})
