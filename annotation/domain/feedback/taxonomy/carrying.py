"""Carries uses of one failure mode to another: the feedback, and the labels of the reviews that it comes from.

All in bulk and in bounded batches. Reviews are locked before their feedback, as whoever submits takes them.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from annotation.models import FailureMode, TaxonomyChange

BATCH = 200

_NOTE_ALL = """
INSERT INTO annotation_carrieduse (change_id, feedback_id, places, is_carried)
SELECT %(change)s, id, '{}', FALSE FROM annotation_feedback
WHERE failure_mode_id = %(mode)s AND (%(chosen)s::uuid[] IS NULL OR uuid = ANY(%(chosen)s))
"""

_LOCK_REVIEWS = """
SELECT id FROM annotation_review WHERE id IN (
  SELECT review_id FROM annotation_feedback WHERE id = ANY(%(ids)s) AND failure_mode_id = %(source)s
) ORDER BY id FOR NO KEY UPDATE
"""

# The first use of the mode in a review is its first label of that name, and so on: where two modes were merged, a review
# may have both under one name. Places in the labels of a step count downwards from -1.
_NOTE_PLACES = """
WITH uses AS (
  SELECT feedback.id, review.id AS review_id, NULLIF(feedback.run_uuid, item.run_uuid)::text AS run,
    row_number() OVER (PARTITION BY review.id, NULLIF(feedback.run_uuid, item.run_uuid) ORDER BY feedback.id) AS rank
  FROM annotation_feedback AS feedback
  JOIN annotation_review AS review ON review.id = feedback.review_id
  JOIN annotation_item AS item ON item.id = review.item_id
  WHERE feedback.failure_mode_id = %(source)s
    AND review.id IN (SELECT review_id FROM annotation_feedback WHERE id = ANY(%(ids)s))
), found AS (
  SELECT DISTINCT review_id FROM uses
), places AS (
  SELECT review.id AS review_id, NULL AS run, n::integer AS place
  FROM found JOIN annotation_review AS review ON review.id = found.review_id,
    jsonb_array_elements(review.labels) WITH ORDINALITY AS label(entry, n)
  WHERE entry ->> 'failure_mode' = %(source_uuid)s
  UNION ALL
  SELECT review.id, NULLIF(step ->> 'run', item.run_uuid::text), -n::integer
  FROM found JOIN annotation_review AS review ON review.id = found.review_id
  JOIN annotation_item AS item ON item.id = review.item_id,
    jsonb_array_elements(review.steps) AS kept(step),
    jsonb_array_elements(COALESCE(step -> 'labels', '[]')) WITH ORDINALITY AS label(entry, n)
  WHERE entry ->> 'failure_mode' = %(source_uuid)s
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY review_id, run ORDER BY place < 0, abs(place)) AS rank FROM places
)
UPDATE annotation_carrieduse AS carried SET places = ARRAY[ranked.place]
FROM uses JOIN ranked ON ranked.review_id = uses.review_id AND ranked.rank = uses.rank
  AND ranked.run IS NOT DISTINCT FROM uses.run
WHERE carried.change_id = %(change)s AND carried.feedback_id = uses.id AND uses.id = ANY(%(ids)s)
"""

_ENTRIES = """
COALESCE((
  SELECT jsonb_agg(
    CASE WHEN entry ->> 'failure_mode' = %(source_uuid)s AND EXISTS (
      SELECT 1 FROM moved WHERE moved.review_id = review.id AND {about} AND (moved.places IS NULL OR {place} = ANY(moved.places))
    )
    THEN entry || jsonb_build_object('failure_mode', %(target_uuid)s::text, 'name', %(name)s::text) ELSE entry END
    ORDER BY n)
  FROM jsonb_array_elements({labels}) WITH ORDINALITY AS label(entry, n)
), '[]')
"""

_REVIEWS = """
WITH moved AS MATERIALIZED (
  SELECT feedback.review_id, feedback.run_uuid::text AS run, {places} AS places,
    feedback.run_uuid IS NULL OR feedback.run_uuid = item.run_uuid AS is_whole
  FROM annotation_feedback AS feedback
  JOIN annotation_review AS review ON review.id = feedback.review_id
  JOIN annotation_item AS item ON item.id = review.item_id
  {carried}
  WHERE feedback.id = ANY(%(ids)s) AND feedback.failure_mode_id = %(source)s
)
UPDATE annotation_review AS review SET labels = {labels}, steps = COALESCE((
  SELECT jsonb_agg(CASE WHEN step ? 'labels' THEN jsonb_set(step, '{{labels}}', {steps}) ELSE step END ORDER BY m)
  FROM jsonb_array_elements(review.steps) WITH ORDINALITY AS kept(step, m)
), '[]')
WHERE review.id IN (SELECT review_id FROM moved)
"""
_LABELS = {
    "labels": _ENTRIES.format(about="moved.is_whole", place="n", labels="review.labels"),
    "steps": _ENTRIES.format(about="moved.run = step ->> 'run'", place="-n", labels="step -> 'labels'"),
}
_REVIEWS_ALL = _REVIEWS.format(places="NULL::integer[]", carried="", **_LABELS)
_REVIEWS_NOTED = _REVIEWS.format(
    places="carried.places",
    carried="JOIN annotation_carrieduse AS carried ON carried.feedback_id = feedback.id AND carried.change_id = %(change)s",
    **_LABELS,
)

_FEEDBACK = """
UPDATE annotation_feedback SET failure_mode_id = %(target)s, value = to_jsonb(%(name)s::text)
WHERE id = ANY(%(ids)s) AND failure_mode_id = %(source)s
"""


def note_uses(change: TaxonomyChange, mode: FailureMode, chosen: Sequence[str] | None = None) -> int:
    """Write down which uses of the mode are to be carried: all, or those whose feedback is chosen by its outside id."""
    given = {"change": change.pk, "mode": mode.pk, "chosen": None if chosen is None else list(chosen)}
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_ALL, given)
        return int(cursor.rowcount)


def there(change: TaxonomyChange, source: FailureMode, target: FailureMode) -> int:
    """Carry a batch of the uses that were noted; how many, fewer than BATCH at the end."""
    waiting = change.carried.filter(is_carried=False).order_by("feedback_id")[:BATCH]
    ids = list(waiting.values_list("feedback_id", flat=True))
    _run((_LOCK_REVIEWS, _NOTE_PLACES, _REVIEWS_NOTED, _FEEDBACK), ids, source, target, change)
    change.carried.filter(feedback_id__in=ids).update(is_carried=True)
    return len(ids)


def back(change: TaxonomyChange, source: FailureMode, target: FailureMode) -> int:
    """Carry a batch of the uses back from `source`, those that are still as the change left them."""
    carried = change.carried.filter(is_carried=True).order_by("feedback_id")[:BATCH]
    ids = list(carried.values_list("feedback_id", flat=True))
    _run((_LOCK_REVIEWS, _REVIEWS_NOTED, _FEEDBACK), ids, source, target, change)
    change.carried.filter(feedback_id__in=ids).update(is_carried=False)
    return len(ids)


def everything(source: FailureMode, target: FailureMode, *, after: int = 0) -> tuple[int, int]:
    """Carry a batch of all uses, or bring their names in line with `source is target`; how many, and the last of them."""
    uses = source.feedback.filter(pk__gt=after).order_by("failure_mode_id", "pk")[:BATCH]
    ids = list(uses.values_list("pk", flat=True))
    _run((_LOCK_REVIEWS, _REVIEWS_ALL, _FEEDBACK), ids, source, target, None)
    return len(ids), ids[-1] if ids else after


def _run(
    statements: Sequence[str],
    ids: list[int],
    source: FailureMode,
    target: FailureMode,
    change: TaxonomyChange | None,
) -> None:
    given = {
        "change": change.pk if change else None,
        "ids": ids,
        "source": source.pk,
        "source_uuid": str(source.uuid),
        "target": target.pk,
        "target_uuid": str(target.uuid),
        "name": target.name,
    }
    with connection.cursor() as cursor:
        for statement in statements if ids else ():
            cursor.execute(statement, given)
