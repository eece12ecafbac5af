"""Reviews held against a rubric that they did not answer: batch by batch, in an order in which one can go on later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value

from annotation.domain.queues import presentation, rubric, rubric_changes, subject_texts
from annotation.domain.queues.rubric import Question, Rubric
from annotation.domain.queues.rubric_changes import Changes
from annotation.models import Item, Queue, Review, RubricVersion, Run

BATCH = 1000


class Place(NamedTuple):
    """How far one came: the last review and the version that it answers, by inside ids."""

    version: int = 0
    review: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A review that may be affected, whether it is, and whether an answer that stands fits no more."""

    place: Place
    is_affected: bool
    is_misfit: bool


def batch(queue: Queue, asked: Rubric, *, after: Place, before: RubricVersion | None = None) -> list[Held]:
    """The next BATCH reviews of versions that asked something else; fewer when there are no more.

    It affects a review that lacks a question or choice of it, or that says something which it does not take any more. A question
    that would not be asked after the answers that stand, or of no step of the item, is not lacking; of a pair the rubric asks
    nothing. `before` leaves out that version and later ones.
    """
    versions = queue.rubric_versions.filter(pk__gte=after.version).order_by("pk")
    found: list[Held] = []
    for old in versions.filter(pk__lt=before.pk) if before else versions:
        if room := BATCH - len(found):
            found += _of_version(queue, asked, old, after, room)
    return found


def is_affected(review: Review, by: RubricVersion) -> bool:
    """The same of one review, of an earlier version."""
    this = Q(pk=review.pk)
    return any(one.is_affected for one in _among(this, by.queue, rubric.read(by.questions), review.rubric, room=1))


def _of_version(queue: Queue, asked: Rubric, old: RubricVersion, after: Place, room: int) -> Iterator[Held]:
    following = Q(pk__gt=after.review) if old.pk == after.version else Q()
    yield from _among(following, queue, asked, old, room=room)


def _among(which: Q, queue: Queue, asked: Rubric, old: RubricVersion, *, room: int) -> Iterator[Held]:
    changes = rubric_changes.between(asked, rubric.read(old.questions))
    if changes == Changes():
        return
    rows = Review.objects.filter(which, rubric=old, is_asked_again=False, is_adjudication=False)
    rows = rows.exclude(item__state=Item.State.REMOVED).exclude(item__kind=Item.Kind.PAIR)
    yield from _held(_narrowed(rows, changes, queue).order_by("pk")[:room], old, changes)


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


def _held(rows: QuerySet[Review], old: RubricVersion, changes: Changes) -> Iterator[Held]:
    """Steps are read only where something about steps may fit no more."""
    columns = ["pk", "has_new_steps", "answers", *(["steps"] if changes.recast_of_steps else [])]
    for pk, has_new_steps, answers, *steps in rows.values_list(*columns):
        is_misfit = bool(changes.misfits(answers) or (steps and changes.misfits_of_steps(steps[0])))
        yield Held(Place(old.pk, pk), is_misfit or has_new_steps or changes.is_lacking(answers), is_misfit)
