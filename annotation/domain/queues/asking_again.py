"""Reviews that are asked for again, because the rubric has changed since: marked, handed to who gave them, and answered.

Their item stays as settled as it is; what was answered stands until the new answer comes, and is filled in for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import or_

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Value

from annotation.domain.queues import presentation, rubric, rubric_changes, subject_texts
from annotation.domain.queues.rubric import Question, Rubric
from annotation.domain.queues.rubric_changes import Changes
from annotation.models import Item, Queue, Review, RubricVersion, Run, Skip, User

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """How many reviews would be asked for again, and in how many of them an answer that stands fits no more."""

    count: int = 0
    misfit_count: int = 0


def mark(*, queue: Queue, version: RubricVersion) -> int:
    """Ask for every review again that answers another version and that this one affects; says how many.

    It lacks a question or choice of this one, or something that it answers is not taken any more. A question that would not be
    asked after the answers that stand, or of no step of the item, is not lacking; of a pair the rubric asks nothing. Call with
    the queue locked.
    """
    count = 0
    for batch in _affected(queue, rubric.read(version.questions)):
        count += Review.objects.filter(pk__in=[pk for pk, _ in batch]).update(is_asked_again=True)
    return count


def preview(*, queue: Queue, asked: Rubric) -> Asked:
    """What `mark` would do if the queue asked this."""
    count = misfit_count = 0
    for batch in _affected(queue, asked):
        count += len(batch)
        misfit_count += sum(is_misfit for _, is_misfit in batch)
    return Asked(count, misfit_count)


def next_item(queue: Queue, person: User) -> Item | None:
    """The item whose review they are asked for again, what they skipped last."""
    skipped = Skip.objects.filter(item=OuterRef("item"), reviewer=person).values("skipped_at")
    rows = _waiting(queue, person).annotate(skipped_at=Subquery(skipped)).select_related("item")
    review = rows.order_by(F("skipped_at").asc(nulls_first=True), "id").first()
    if review is None:
        return None
    review.item.queue = queue
    return review.item


def _waiting(queue: Queue, person: User) -> QuerySet[Review]:
    rows = Review.objects.filter(reviewer=person, is_asked_again=True, item__queue=queue)
    return rows.exclude(item__state=Item.State.REMOVED).filter(item__flagged_at__isnull=True)


def _affected(queue: Queue, asked: Rubric) -> Iterator[list[tuple[int, bool]]]:
    """The reviews (by inside ids) of other versions that it affects, and whether an answer of each fits no more, in batches."""
    for old in queue.rubric_versions.all():
        changes = rubric_changes.between(asked, rubric.read(old.questions))
        if changes == Changes():
            continue
        rows = Review.objects.filter(rubric=old, is_asked_again=False, is_adjudication=False)
        rows = rows.exclude(item__state=Item.State.REMOVED).exclude(item__kind=Item.Kind.PAIR)
        yield from _batches(_held_against(_narrowed(rows, changes, queue), changes))


def _narrowed(rows: QuerySet[Review], changes: Changes, queue: Queue) -> QuerySet[Review]:
    """With `has_new_steps`; without the reviews that can be told in SQL to say nothing about what has changed."""
    rows = rows.annotate(has_new_steps=ExpressionWrapper(_has_steps(changes.new_of_steps, queue), BooleanField()))
    if changes.new or changes.recast_of_steps:
        return rows
    answered = {"answers__has_any_keys": [question.key for question in changes.recast]} if changes.recast else {}
    return rows.filter(Q(has_new_steps=True) | (Q(**answered) if answered else Q(pk__in=[])))


def _has_steps(questions: Iterable[Question], queue: Queue) -> Q:
    """Whether the item of a review has a step that one of these is asked of; steps that are hidden from reviewers are none."""
    hidden = presentation.read(queue.presentation).hidden_types
    kinds = [
        Q(type=of.type, **({"name": of.name} if of.name else {}))
        for one in questions
        if (of := one.of) and of.type not in hidden
    ]
    if not kinds:
        return Q(Value(False))
    runs = Run.objects.filter(reduce(or_, kinds), workspace=queue.workspace_id)
    of_kind = {
        Item.Kind.RUN: runs.filter(uuid=OuterRef("item__run_uuid")),
        Item.Kind.TRACE: runs.filter(trace__workspace=queue.workspace_id, trace__uuid=OuterRef("item__trace_uuid")),
        Item.Kind.THREAD: runs.annotate(
            thread=subject_texts.of_thread(F("trace__project"), F("trace__thread_id"))
        ).filter(
            trace__workspace=queue.workspace_id,
            trace__thread_id=OuterRef("item__thread_id"),  # which has an index
            thread=OuterRef("item__subject"),  # of its project alone
        ),
    }
    return reduce(or_, (Q(item__kind=kind) & Q(Exists(found)) for kind, found in of_kind.items()))


def _held_against(rows: QuerySet[Review], changes: Changes) -> Iterator[tuple[int, bool]]:
    """Those that it affects; steps are read only where something about steps may fit no more."""
    columns = ["pk", "has_new_steps", "answers", *(["steps"] if changes.recast_of_steps else [])]
    for pk, has_new_steps, answers, *steps in rows.values_list(*columns).iterator(BATCH):
        is_misfit = bool(changes.misfits(answers) or (steps and changes.misfits_of_steps(steps[0])))
        if is_misfit or has_new_steps or changes.is_lacking(answers):
            yield pk, is_misfit


def _batches(found: Iterator[tuple[int, bool]]) -> Iterator[list[tuple[int, bool]]]:
    while batch := list(islice(found, BATCH)):
        yield batch
