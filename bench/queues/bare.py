"""The same rows by bare SQL: the least that a claim and a submission cost, from threads that do nothing else.

Tables `LIKE` ours with their indexes and checks; two transactions a review, each committed with fsync. No HTTP, no caller to find,
no rights, no rubric, no verdict.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
from django.db import connection

from annotation.models import Queue
from bench import Figure
from bench.queues.reviewers import Reviewer

_TABLES = ("item", "reservation", "review", "feedback")

_CLAIM = """
SELECT i.id, i.trace_uuid FROM bare_item i
WHERE i.queue_id = %(queue)s AND i.state = 'open' AND i.flagged_at IS NULL
  AND NOT EXISTS (SELECT FROM bare_review r WHERE r.item_id = i.id AND r.reviewer_id = %(person)s)
  AND i.review_count + (SELECT count(*) FROM bare_reservation h
    WHERE h.item_id = i.id AND h.reviewer_id <> %(person)s AND h.expires_at > now()) < %(seats)s
ORDER BY i.priority DESC, i.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
_RESERVE = """
INSERT INTO bare_reservation (item_id, reviewer_id, expires_at) VALUES (%(item)s, %(person)s, now() + interval '15 minutes')
"""
_LOCK = "SELECT review_count FROM bare_item WHERE id = %(item)s FOR NO KEY UPDATE"
_REVIEW = """
INSERT INTO bare_review (uuid, item_id, reviewer_id, rubric_id, answers, labels, steps, layer, correction_state, corrected_part,
  decision_note, note, active_ms, blindness, shown, is_authoritative, is_adjudication, is_asked_again, submission_count)
VALUES (%(uuid)s, %(item)s, %(person)s, %(rubric)s, '{"thumbs": "down"}', '[]', '[]', '', 'none', '', '',
  'Guessed after the tool had failed.', 1000, '{}', '{}', false, false, false, 1) RETURNING id
"""
_SAID = """
INSERT INTO bare_feedback (uuid, workspace_id, target, trace_uuid, key, score, comment, metadata, source, author_id,
  is_adjudicated, review_id)
SELECT gen_random_uuid(), %(workspace)s, 'trace', %(trace)s, said.key, said.score, said.comment, '{}', 'reviewer', %(person)s,
  false, %(review)s
FROM (VALUES ('thumbs', 0.0, ''), ('note', NULL, 'Guessed after the tool had failed.')) AS said (key, score, comment)
"""
_COUNT = """
UPDATE bare_item SET review_count = review_count + 1,
  state = CASE WHEN review_count + 1 >= %(seats)s THEN 'done' ELSE 'open' END WHERE id = %(item)s
"""
_RETURN = "DELETE FROM bare_reservation WHERE item_id = %(item)s AND reviewer_id = %(person)s"


def measured(queue: Queue, seats: int, name: str, people: Sequence[Reviewer], rounds: int) -> Iterator[Figure]:
    """So many reviews of each person."""
    _make(queue)
    began = time.perf_counter()
    with ThreadPoolExecutor(len(people)) as pool:
        done = list(pool.map(lambda one: _work(queue, seats, one.person.pk, rounds), people))
    seconds = time.perf_counter() - began
    claims, submits = (sorted(wait for one in done for wait in one[part]) for part in (0, 1))
    yield Figure(f"bare SQL, {name}: claim, p95", claims[int(len(claims) * 0.95)] * 1000, "ms")
    yield Figure(f"bare SQL, {name}: submit, p95", submits[int(len(submits) * 0.95)] * 1000, "ms")
    yield Figure(f"bare SQL, {name}: reviews", len(submits) / seconds, "1/s")


def _make(queue: Queue) -> None:
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS bare_{table}")
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE annotation_{table} INCLUDING ALL)")
        columns = ", ".join(_columns("item", but={"id", "state", "review_count"}))
        cursor.execute(
            f"INSERT INTO bare_item (state, review_count, {columns}) SELECT 'open', 0, {columns} FROM annotation_item "  # noqa: S608 -- our own names
            "WHERE queue_id = %s ORDER BY id",
            [queue.pk],
        )
        cursor.execute("VACUUM ANALYZE bare_item")


def _columns(table: str, but: set[str]) -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, f"annotation_{table}")
    return [column.name for column in found if column.name not in but]


def _work(queue: Queue, seats: int, person: int, rounds: int) -> tuple[list[float], list[float]]:
    claims, submits = list[float](), list[float]()
    known: dict[str, object] = {"queue": queue.pk, "person": person, "seats": seats, "workspace": queue.workspace_id}
    with psycopg.connect(**connection.get_connection_params()) as link:
        link.cursor_factory = psycopg.Cursor
        for _ in range(rounds):
            began = time.perf_counter()
            with link.transaction():
                found = link.execute(_CLAIM, known).fetchone()
                if found is None:
                    break
                known |= {"item": found[0], "trace": found[1], "uuid": uuid4(), "rubric": queue.rubric_id}
                link.execute(_RESERVE, known)
            claims.append(time.perf_counter() - began)
            began = time.perf_counter()
            with link.transaction():
                _submit(link, known)
            submits.append(time.perf_counter() - began)
    return claims, submits


def _submit(link: psycopg.Connection[tuple[object, ...]], known: dict[str, object]) -> None:
    link.execute(_LOCK, known)
    row = link.execute(_REVIEW, known).fetchone()
    assert row  # noqa: S101 -- RETURNING
    known["review"] = row[0]
    for statement in (_SAID, _COUNT, _RETURN):
        link.execute(statement, known)
