"""Open coding: what each label has meant so far, and whether reading on still finds new ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from annotation.domain.reviews import originals
from annotation.models import FailureMode, Feedback, Item, Queue, Review, User

LOOKED_AT = 20
"""New failure modes are counted over so many of the latest reviews."""

MOST_EXAMPLES = 3
SHOWN = 240
"""Characters of an example."""

_EXAMPLES = """
SELECT mode.uuid, example.text FROM annotation_failuremode AS mode CROSS JOIN LATERAL (
  SELECT left(passage ->> 'text', %(shown)s) AS text FROM (
    SELECT review_id, id FROM annotation_feedback
    WHERE failure_mode_id = mode.id ORDER BY failure_mode_id, id DESC LIMIT 50
  ) AS said
  JOIN annotation_review AS review ON review.id = said.review_id
  JOIN annotation_item AS item ON item.id = review.item_id,
  jsonb_array_elements(review.labels) AS label(entry),
  jsonb_array_elements(COALESCE(label.entry -> 'evidence', '[]')) AS passage
  WHERE label.entry ->> 'failure_mode' = mode.uuid::text AND item.queue_id = ANY(%(queues)s)
    AND item.id <> %(item)s AND (item.state = 'done' OR review.reviewer_id = %(person)s)
  ORDER BY said.id DESC LIMIT %(most)s
) AS example
WHERE mode.project_id = %(project)s AND mode.merged_into_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Saturation:
    """The failure modes that the latest `review_count` reviews of a queue brought; 20 reviews without one are enough."""

    review_count: int
    fresh: tuple[str, ...]

    @property
    def is_early(self) -> bool:
        """Whether there are too few reviews to tell."""
        return self.review_count < LOOKED_AT

    @property
    def is_reached(self) -> bool:
        """Whether one can stop looking."""
        return not self.is_early and not self.fresh


def saturation(queue: Queue) -> Saturation:
    """What the last LOOKED_AT reviews of the queue found that nobody had found before, anywhere in their project.

    A mode counts as found before when it was given in any earlier review, or outside one. Three small statements.
    """
    latest = list(
        Review.objects.filter(item__queue=queue).order_by("-id")[:LOOKED_AT].values_list("pk", "submitted_at")
    )
    if not latest:
        return Saturation(0, ())
    reviews = [pk for pk, _ in latest]
    given = Feedback.objects.filter(review__in=reviews, failure_mode__isnull=False)
    modes = list(given.values_list("failure_mode", flat=True).distinct())
    earlier = Q(review__lt=min(reviews)) | Q(review=None, created_at__lt=min(at for _, at in latest))
    known = Feedback.objects.filter(earlier, failure_mode__in=modes).values_list("failure_mode", flat=True).distinct()
    fresh = FailureMode.objects.filter(pk__in=modes).exclude(pk__in=list(known)).order_by("pk")
    return Saturation(len(latest), tuple(fresh.values_list("name", flat=True)))


def examples(item: Item, *, person: User, queues: Iterable[int]) -> dict[UUID, list[str]]:
    """For each failure mode of the item's project, the latest passages that spoke for it; one statement.

    From these queues (inside ids) only, never from the item itself, and from the reviews of others only where their item
    is done: nobody is to read what others say of something that they may still be given.
    """
    project = originals.project_of(item)
    if project is None:
        return {}
    given: dict[str, Any] = {
        "project": project.pk, "item": item.pk, "person": person.pk, "queues": list(queues), "most": MOST_EXAMPLES,
        "shown": SHOWN,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_EXAMPLES, given)
        found: dict[UUID, list[str]] = {}
        for mode, text in cursor.fetchall():
            found.setdefault(mode, []).append(text)
    return found
