"""Where an item stands after its reviews: how many it has, whether they differ, and which answer settles it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from annotation.domain import audit, statements
from annotation.domain.feedback import reviewed
from annotation.domain.notices import recording
from annotation.domain.queues import admission, disputes, state
from annotation.domain.queues.rubric_versions import questions_of
from annotation.domain.reviews import originals
from annotation.models import Item, Queue, Review, User


def recount(item: Item, *, now: datetime) -> None:
    """Derive the locked item's count, seats and state from its reviews, which have just changed.

    What settled them before is overtaken: nobody has seen these reviews and decided. Reviews that differ are settled by the
    majority where the queue called another reviewer for it and there is one.
    """
    was_settled, before = item.adjudicated_at is not None, item.state
    if was_settled:
        withdraw(item)
    given = [_Given(*row) for row in statements.ask(_GIVEN, {"item": item.pk})()]
    found = _standing(item, given, was_settled=was_settled)
    item.review_count, item.extra_seats, item.is_disputed = len(given), found.extra_seats, found.is_disputed
    if found.is_disputed:
        withdraw(item)
    _save(item)
    if item.state == Item.State.DISAGREEMENT != before:
        recording.differ(queue=item.queue, items=[item], now=now)
    if found.majority is not None:
        settle(Review.every.get(pk=given[found.majority].pk), item, by=None, now=now)


@dataclass(frozen=True, slots=True)
class _Given:
    """What a review has said, for the comparison with others; both as JSON."""

    pk: int
    answers: str
    steps: str


_GIVEN = f"""
SELECT id, answers, steps FROM {Review._meta.db_table}
WHERE item_id = %(item)s AND NOT is_adjudication ORDER BY submitted_at, id
"""  # noqa: S608, SLF001 -- our own words, and the only way to a table's name


def settle(review: Review, item: Item, *, by: User | None, now: datetime, note: str = "") -> None:
    """Let this review be the locked item's one answer: by an editor's word, or (None) by the majority."""
    item.is_disputed, item.adjudicated_at, item.adjudicated_by = False, now, by
    _drop_written(item, but=review)
    make_authoritative(review, item)
    _save(item)
    detail = {"queue": item.queue.name, "item": item.number, "reviewer": review.reviewer.email, "note": note}
    detail["answer"] = "written" if review.is_adjudication else "majority" if by is None else "taken"
    audit.record("item.adjudicated", by=by, workspace=item.workspace, target=item, detail=detail)


def make_authoritative(review: Review, item: Item) -> None:
    """Give this review's word the place above those of the item's others."""
    Review.every.filter(item=item, is_authoritative=True).exclude(pk=review.pk).update(is_authoritative=False)
    Review.every.filter(pk=review.pk).update(is_authoritative=True)
    review.is_authoritative, review.item = True, item
    reviewed.adjudicate(review=review, traces=originals.traces_of(item))


def withdraw(item: Item) -> None:
    """Take back what settled the locked item; an answer that was written for it is kept to begin from, and says nothing."""
    item.adjudicated_at, item.adjudicated_by = None, None
    Review.every.filter(item=item, is_authoritative=True).update(is_authoritative=False)
    reviewed.reopen(item=item, traces=originals.traces_of(item))


def add_seat(item: Item) -> None:
    """Have one more person review the locked item."""
    item.is_disputed, item.extra_seats = False, item.review_count + 1 - state.wanted(item, item.queue)
    _save(item)


def _standing(item: Item, given: list[_Given], *, was_settled: bool) -> disputes.Standing:
    """What somebody once settled needs a word again where the reviews differ, whoever decides in the queue."""
    queue = item.queue
    decides = disputes.EDITOR if was_settled and queue.decides == Queue.Decides.NOBODY else queue.decides
    if len(given) < 2 or decides == Queue.Decides.NOBODY:
        return disputes.Standing(item.extra_seats)
    compared = disputes.compared(questions_of(queue))
    policy = disputes.Policy(decides, state.wanted(item, queue), compared)
    answers = [disputes.answers(json.loads(one.answers), json.loads(one.steps)) for one in given]
    can_call = partial(admission.is_anybody_left, item)
    return disputes.standing(policy, answers, extra_seats=item.extra_seats, can_call=can_call)


def _drop_written(item: Item, *, but: Review) -> None:
    """An answer that was written before says nothing beside the one that settles the item now."""
    for written in Review.every.filter(item=item, is_adjudication=True).exclude(pk=but.pk):
        written.item = item
        reviewed.withdraw(review=written, traces=originals.traces_of(item))


def _save(item: Item) -> None:
    item.state = state.of(item, item.queue)
    statements.send(_SAVE, {name: getattr(item, name) for name in ("pk", *_OWN)})


_OWN = ("state", "review_count", "extra_seats", "is_disputed", "adjudicated_at", "adjudicated_by_id")
_SAVE = f"UPDATE {Item._meta.db_table} SET {', '.join(f'{name} = %({name})s' for name in _OWN)} WHERE id = %(pk)s"  # noqa: S608, SLF001 -- our own words, and the only way to a table's name
