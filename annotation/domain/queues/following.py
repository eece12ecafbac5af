"""Items follow their queue when it asks for more or fewer reviews, or has somebody else decide where they differ."""

from __future__ import annotations

from collections import defaultdict
from functools import partial

from django.db.models import F

from annotation.domain import locks
from annotation.domain.queues import admission, disputes, doubling, rubric_versions, state
from annotation.models import Item, Queue, Review

BATCH = 1000


def follow_policy(queue: Queue) -> None:
    """Derive the state of all items that stand in the queue, after the submissions under way; later ones wait for the policy.

    What is settled stays so. Nothing is settled here: where the reviews of an item turn out to differ, somebody is asked.
    """
    locks.change_policy(queue)
    wanted = queue.reviewers_per_item + F("double_seats") + F("extra_seats")
    standing = Item.objects.filter(queue=queue).exclude(state=Item.State.REMOVED)
    lacking = standing.filter(review_count__lt=wanted).exclude(state=state.OPEN)
    lacking.update(state=state.OPEN)
    doubling.redraw(queue)
    _compare(queue)
    full = standing.filter(review_count__gte=wanted)
    full.filter(is_disputed=False).exclude(state=state.DONE).update(state=state.DONE)
    full.filter(is_disputed=True).exclude(state=state.DISAGREEMENT).update(state=state.DISAGREEMENT)
    lacking.update(state=state.OPEN)  # where the reviews turned out to differ, and one more is called


def _compare(queue: Queue) -> None:
    """Write down for every item with several reviews whether they differ, and the seats that this calls for."""
    compared = disputes.compared(rubric_versions.questions_of(queue))
    several = Item.objects.filter(queue=queue, review_count__gt=1, adjudicated_at=None)
    rows, last = several.select_for_update(no_key=True).order_by("pk"), 0
    while items := list(rows.filter(pk__gt=last)[:BATCH]):
        last = items[-1].pk
        given = _answers([item.pk for item in items])
        changed = [item for item in items if _is_moved(item, queue, compared, given[item.pk])]
        Item.objects.bulk_update(changed, ["is_disputed", "extra_seats"])


def _is_moved(item: Item, queue: Queue, compared: disputes.Compared, given: list[disputes.Answers]) -> bool:
    """Whether the item, which is given its new standing, had another one."""
    before = (item.is_disputed, item.extra_seats)
    item.queue = queue
    can_call = partial(admission.is_anybody_left, item)
    policy = disputes.Policy(queue.decides, state.wanted(item, queue), compared)
    found = disputes.standing(policy, given, extra_seats=item.extra_seats, can_call=can_call)
    item.is_disputed, item.extra_seats = found.is_disputed or found.majority is not None, found.extra_seats
    return before != (item.is_disputed, item.extra_seats)


def _answers(items: list[int]) -> dict[int, list[disputes.Answers]]:
    """What was answered, by item, oldest review first."""
    found: dict[int, list[disputes.Answers]] = defaultdict(list)
    rows = Review.objects.filter(item__in=items).order_by("submitted_at", "id")
    for item, whole, steps in rows.values_list("item_id", "answers", "steps"):
        found[item].append(disputes.answers(whole, steps))
    return found
