"""Who may review in a queue, who else there is, and whether it gives out items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from annotation.domain import access, statements
from annotation.domain.queues.refusals import NotAReviewerError, QueueNotActiveError
from annotation.models import Item, Membership, Queue, Review, User


def is_open_to(queue: Queue, person: User) -> bool:
    """Whether the person's role lets them review and the queue names them or is open to all."""
    return ask_open_to(queue.pk, person)()


def ask_open_to(queue: int, person: User) -> Callable[[], bool]:
    """The same in two steps, for a queue named by its inside id."""
    found = _ask_as_it_is_now(queue, person)
    return lambda: found()[0]


def _ask_as_it_is_now(queue: int, person: User) -> Callable[[], tuple[bool, list[Any]]]:
    """Whether the queue is open to the person; its status, order, shares of gold and of re-tests, and days until a re-test."""
    rows = statements.ask(_NOW, {"person": person.pk, "queue": queue})

    def found() -> tuple[bool, list[Any]]:
        ((role, is_open, *said),) = rows()
        return is_open and access.role_may(role or "", access.Capability.REVIEW), said

    return found


_NOW = """
SELECT m.role, q.is_open_to_all OR EXISTS (
  SELECT FROM annotation_queue_reviewers n WHERE n.queue_id = q.id AND n.user_id = %(person)s), q.status, q."order",
  q.gold_percent, q.retest_percent, q.retest_days
FROM annotation_queue q LEFT JOIN annotation_membership m ON m.workspace_id = q.workspace_id AND m.user_id = %(person)s
WHERE q.id = %(queue)s
"""


def is_anybody_left(item: Item) -> bool:
    """Whether there is somebody who may review the item and has not."""
    reviewed = Review.every.filter(item=item, reviewer=OuterRef("user"))
    return _reviewers(item.queue).exclude(Exists(reviewed)).exists()


def _reviewers(queue: Queue) -> QuerySet[Membership]:
    roles = [role for role, may in access.ROLE_CAPABILITIES.items() if access.Capability.REVIEW in may]
    people = Membership.objects.filter(workspace=queue.workspace_id, role__in=roles)
    return people if queue.is_open_to_all else people.filter(user__in=queue.reviewers.all())


def may_others_review(queue: Queue, person: User) -> bool:
    """Whether anybody else reviews in the queue."""
    return _reviewers(queue).exclude(user=person).exists()


def require_reviewer(queue: Queue, person: User) -> None:
    """Raise NotAReviewerError unless the queue is open to the person."""
    if not is_open_to(queue, person):
        raise NotAReviewerError(queue)


def require_line(queue: Queue, person: User) -> None:
    """Raise NotAReviewerError or QueueNotActiveError unless the person has a line in the queue, which is read as it is now."""
    may_review, said = _ask_as_it_is_now(queue.pk, person)()
    queue.status, queue.order, queue.gold_percent, queue.retest_percent, queue.retest_days = said
    if not may_review:
        raise NotAReviewerError(queue)
    require_active(queue)


def require_active(queue: Queue) -> None:
    """Raise QueueNotActiveError unless the queue gives out items."""
    if queue.status != Queue.Status.ACTIVE:
        raise QueueNotActiveError(queue)
