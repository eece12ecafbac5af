"""Settling an item one question at a time, by programs: final answers where its reviewers differ, until none is left open.

Until then they stand in the row of the item's written answer, which nobody has submitted yet (`submission_count` 0). With the
last of them the item is settled as on our page, by `adjudicate.write`: the other questions as the reviewers agreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.fields.json import KeyTransform
from pydantic import JsonValue

from annotation.domain.queues import assignment, disputes, rubric_versions, state
from annotation.domain.queues.rubric import Rubric
from annotation.domain.reviews import adjudicate
from annotation.domain.reviews.adjudicate import AdjudicationError
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.rubric import AnswerProblem, InvalidReviewError
from annotation.domain.reviews.stored import AnswerError, stored
from annotation.models import Item, Review, User


class AgreedError(AdjudicationError):
    """There is nothing to decide about a question."""

    code = "agreed"

    def __init__(self, key: str) -> None:
        super().__init__(f"The reviewers of this item do not differ on {key}; there is nothing to decide.")


class Agreement(StrEnum):
    """What reviewers said of a question, or of all: the same, not the same, or too few said anything to tell."""

    AGREED = "agreed"
    DISAGREED = "disagreed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one question: the answer is the final one, else that of all or of most reviewers, else None."""

    state: Agreement
    answer: JsonValue = None
    has_final: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the questions of an item, by key."""

    keys: Mapping[str, Answered]

    @property
    def state(self) -> Agreement:
        """Of the item as a whole."""
        states = {one.state for one in self.keys.values()}
        return next((one for one in (Agreement.DISAGREED, Agreement.AGREED) if one in states), Agreement.NONE)

    @property
    def has_unresolved(self) -> bool:
        """Whether a question on which the reviewers differ has no final answer."""
        return any(one.state == Agreement.DISAGREED and not one.has_final for one in self.keys.values())


NOTHING = Outcome({})


def of_items(items: Sequence[Item], asked: Rubric) -> dict[int, Outcome]:
    """By the item's primary key, for items of one queue that asks this; items that are still open have none. One statement."""
    full = [item.pk for item in items if item.state in state.FULL and item.kind != Item.Kind.PAIR]
    said: dict[int, list[Review]] = {pk: [] for pk in full}
    for review in Review.every.filter(item__in=full).order_by("submitted_at", "id") if full else ():
        said[review.item_id].append(review)
    return {item.pk: outcome(item, said.get(item.pk, ()), asked) for item in items}


def outcome(item: Item, every: Iterable[Review], asked: Rubric) -> Outcome:
    """What became of one item's questions; `every` has its reviews, oldest first, and its written answer."""
    if item.state not in state.FULL:
        return NOTHING
    every = list(every)
    given = [disputes.answers(review.answers, ()) for review in every if not review.is_adjudication]
    if len(given) < 2:
        return NOTHING
    finals = _finals(item, every)
    return Outcome({key: _answered(key, kind, given, finals) for key, kind in _compared(asked).items()})


def _compared(asked: Rubric) -> dict[str, disputes.Reader]:
    """The questions about the whole: those about steps have no final answers of their own."""
    return {key: kind for key, kind in disputes.compared(asked).items() if asked.question(key)}


def _answered(
    key: str, kind: disputes.Reader, given: Sequence[disputes.Answers], finals: Mapping[str, JsonValue]
) -> Answered:
    point = (key, disputes.WHOLE)
    said = [one[point] for one in given if point in one]
    if len(said) < 2:
        return Answered(Agreement.NONE)
    differ = disputes.differing(given, {key: kind})
    if not differ:
        return Answered(Agreement.AGREED, finals.get(key, said[0]))
    word = disputes.majority(given, differ)
    answer = finals.get(key, None if word is None else given[word][point])
    return Answered(Agreement.DISAGREED, answer, has_final=key in finals)


def differs(asked: Rubric) -> Q:
    """Items to which two reviewers gave different answers."""
    condition = Q(pk__in=[])
    for key in _compared(asked):
        given = Review.objects.filter(item=OuterRef("pk"), is_adjudication=False, answers__has_key=key)
        words = given.order_by().values("item").annotate(words=Count(KeyTransform(key, "answers"), distinct=True))
        condition |= Q(Exists(words.filter(words__gt=1)))
    return condition


def settle(*, item: Item, key: str, value: JsonValue, by: User, now: datetime) -> None:
    """Give the question its final answer; with the last that was open, settle the item.

    Raises StillOpenError, AgreedError where reviewers do not differ (and nobody gave a final answer before), and
    InvalidReviewError for what is no answer to it.
    """
    with transaction.atomic():
        locked = assignment.lock(item)
        adjudicate.require_full(locked)
        asked = rubric_versions.asked_of(locked, rubric_versions.current(locked.queue), None)
        answer, found = _stored(asked, key, value), outcome(locked, _every(locked), asked)
        said = found.keys.get(key)
        if said is None or (said.state != Agreement.DISAGREED and not said.has_final):
            raise AgreedError(key)
        finals = {one: at.answer for one, at in found.keys.items() if at.has_final} | {key: answer}
        open_still = [one for one, at in found.keys.items() if at.state == Agreement.DISAGREED and one not in finals]
        if open_still:
            _keep(locked, finals, by, now)
        else:
            answers = ReviewInput(answers={**_agreed(locked, asked, found), **finals})
            adjudicate.write(item=locked, answers=answers, by=by, now=now)


def clear(*, item: Item, key: str, by: User, now: datetime) -> None:
    """Take the final answer to a question back, if there is one: the item waits for another. Raises StillOpenError."""
    with transaction.atomic():
        locked = assignment.lock(item)
        adjudicate.require_full(locked)
        asked = rubric_versions.asked_of(locked, rubric_versions.current(locked.queue), None)
        found = outcome(locked, _every(locked), asked)
        if key not in found.keys or not found.keys[key].has_final:
            return
        left = {one: at.answer for one, at in found.keys.items() if at.has_final and one != key}
        if locked.adjudicated_at is not None:
            locked = adjudicate.reopen(item=locked, by=by, now=now)
        _keep(locked, left, by, now)


def _every(item: Item) -> list[Review]:
    return list(Review.every.filter(item=item).order_by("submitted_at", "id"))


def _finals(item: Item, every: Sequence[Review]) -> Mapping[str, JsonValue]:
    """The answers of an editor's word, or of what is being made one; the majority's is none."""
    if item.adjudicated_at is not None:
        word = next((review for review in every if review.is_authoritative), None)
        return word.answers if word and item.adjudicated_by_id else {}
    return next((one.answers for one in every if one.is_adjudication and one.submission_count == 0), {})


def _agreed(item: Item, asked: Rubric, found: Outcome) -> dict[str, JsonValue]:
    """What the reviewers agree on; of what cannot be compared, such as texts, what the first of them said."""
    given = [review.answers for review in _every(item) if not review.is_adjudication]
    answers: dict[str, JsonValue] = {}
    for question in asked.questions:
        said = found.keys.get(question.key)
        value = said.answer if said and said.answer is not None else None
        if value is None:
            value = next((one[question.key] for one in given if question.key in one), None)
        if value is not None:
            answers[question.key] = value
    return answers


def _stored(asked: Rubric, key: str, value: JsonValue) -> JsonValue:
    question = asked.question(key)
    if question is None:
        raise InvalidReviewError((AnswerProblem(key, f"The rubric has no question “{key}”."),))
    try:
        found = stored(question, value)
    except AnswerError as problem:
        raise InvalidReviewError((AnswerProblem(key, str(problem)),)) from problem
    if found is None:
        raise InvalidReviewError((AnswerProblem(key, f"“{question.label}” needs an answer."),))
    return found


def _keep(item: Item, finals: Mapping[str, JsonValue], by: User, now: datetime) -> None:
    """Keep what is decided so far; nothing reads it as the item's answer yet."""
    row = Review.every.filter(item=item, is_adjudication=True).first() or Review(item=item, is_adjudication=True)
    row.answers, row.reviewer, row.rubric = dict(finals), by, rubric_versions.current(item.queue)
    row.submission_count, row.submitted_at, row.modified_at = 0, now, now
    row.save()
