"""Reviews that are asked for again, because the rubric has grown since: marked, handed to who gave them, and answered.

Their item stays as settled as it is; what was answered stands until the new answer comes, and is filled in for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, OuterRef, QuerySet, Subquery

from annotation.domain.queues import rubric
from annotation.domain.queues.rubric import Question, Rubric
from annotation.models import Item, Queue, Review, RubricVersion, Skip, User

BATCH = 1000


def mark(*, queue: Queue, version: RubricVersion) -> int:
    """Ask for every review again that answers another version and lacks a question or choice of this one; says how many.

    A question that would not be asked after the answers that stand is not lacking; of a pair the rubric asks nothing. Call
    with the queue locked.
    """
    asked, count = rubric.read(version.questions), 0
    for old in queue.rubric_versions.exclude(pk=version.pk):
        if new := new_questions(asked, rubric.read(old.questions)):
            for batch in _lacking(old, new):
                count += Review.objects.filter(pk__in=batch).update(is_asked_again=True)
    return count


def new_questions(asked: Rubric, before: Rubric) -> list[Question]:
    """What the one asks and the other did not, by key; also where there is more to choose from than there was."""
    known = {question.key: question for question in before.questions}
    return [question for question in asked.questions if _offers_more(question, known.get(question.key))]


def _offers_more(question: Question, before: Question | None) -> bool:
    return before is None or not _choices(question) <= _choices(before)


def _choices(question: Question) -> set[str]:
    return {*question.answers, *(option.key for option in question.options)}


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


def _lacking(old: RubricVersion, new: list[Question]) -> Iterator[list[int]]:
    """The reviews of the old version that would be asked one of the new questions; a batch at a time."""
    rows = Review.objects.filter(rubric=old, is_asked_again=False, is_adjudication=False)
    rows = rows.exclude(item__state=Item.State.REMOVED).exclude(item__kind=Item.Kind.PAIR)
    standing = rows.values_list("pk", "answers")
    batch: list[int] = []
    for pk, answers in standing.iterator(BATCH):
        if any(not question.visible_if or question.visible_if.is_met(answers) for question in new):
            batch.append(pk)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch
