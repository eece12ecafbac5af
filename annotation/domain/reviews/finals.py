"""Settling an item one question at a time, by programs: final answers where its reviewers differ, until none is left open.

Until then they are kept as a word in the making (`unfinished`). With the last of them the item is settled as on our page, by
`adjudicate.write`: the other questions as the reviewers agreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.fields.json import KeyTransform
from pydantic import JsonValue

from annotation.domain.queues import assignment, disputes, rubric_versions, state
from annotation.domain.queues.rubric import Rubric
from annotation.domain.reviews import adjudicate, unfinished
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


class NotAskedError(AdjudicationError):
    """The question is not asked after the answers to earlier ones."""

    code = "not_asked"

    def __init__(self, label: str, earlier: str) -> None:
        super().__init__(f"“{label}” is asked only after another answer to “{earlier}”; decide on that first.")


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
    is_settled: bool = False

    @property
    def state(self) -> Agreement:
        """Of the item as a whole."""
        states = {one.state for one in self.keys.values()}
        return next((one for one in (Agreement.DISAGREED, Agreement.AGREED) if one in states), Agreement.NONE)

    @property
    def has_unresolved(self) -> bool:
        """Whether the item waits for a final answer to a question on which the reviewers differ."""
        return not self.is_settled and any(
            one.state == Agreement.DISAGREED and not one.has_final for one in self.keys.values()
        )


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
    keys = {key: _answered(key, kind, given, finals) for key, kind in _compared(asked).items()}
    return Outcome(keys, is_settled=item.adjudicated_at is not None)


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
    return _any(_given(key, Count(KeyTransform(key, "answers"), distinct=True)) for key in _compared(asked))


def has_result(asked: Rubric) -> Q:
    """Items of which two reviewers answered the same question: those that have an agreement."""
    return _any(_given(key, Count("pk")) for key in _compared(asked))


def _given(key: str, counted: Count) -> Exists:
    """Whether more than one is counted among the answers to a question."""
    reviews = Review.objects.filter(item=OuterRef("pk"), is_adjudication=False, answers__has_key=key)
    return Exists(reviews.order_by().values("item").annotate(count=counted).filter(count__gt=1))


def _any(conditions: Iterable[Exists]) -> Q:
    return reduce(or_, map(Q, conditions), Q(pk__in=[]))


def settle(*, item: Item, key: str, value: JsonValue, by: User, now: datetime) -> None:
    """Give the question its final answer; with the last that was open, or where a word stands already, settle the item.

    What the word says beside it stays. Raises StillOpenError, AgreedError where reviewers do not differ, NotAskedError,
    StepsDifferError, InvalidReviewError for what is no answer to it, and DatasetError as `adjudicate.write`.
    """
    with transaction.atomic():
        locked, every, asked = _held(item)
        answer, found = _stored(asked, key, value), outcome(locked, every, asked)
        _require_differing(found, key)
        finals = {**_finals(locked, every), key: answer}
        given = _with(unfinished.begin(asked, every), finals, asked)
        _require_asked(asked, key, given)
        if unfinished.standing(every) is None and _is_open(asked, found, finals, given):
            unfinished.keep(item=locked, answers=finals, rest=unfinished.kept(every), by=by, now=now)
        else:
            adjudicate.write(item=locked, answers=given, by=by, now=now)


def clear(*, item: Item, key: str, by: User, now: datetime) -> None:
    """Take the final answer to a question back, if there is one: the item waits for another, and keeps the rest till then.

    Where the majority decides, its word settles the item at once and nothing is kept. Raises StillOpenError.
    """
    with transaction.atomic():
        locked, every, asked = _held(item)
        said, word = outcome(locked, every, asked).keys.get(key), _word(locked, every)
        if word is None or said is None or not said.has_final:
            return
        was_settled = locked.adjudicated_at is not None
        if was_settled:
            locked = adjudicate.reopen(item=locked, by=by, now=now)
        if not was_settled or locked.state in state.WAITING:
            left = {one: value for one, value in word.answers.items() if one != key}
            unfinished.keep(item=locked, answers=left, rest=word, by=by, now=now)


def _held(item: Item) -> tuple[Item, list[Review], Rubric]:
    """The item, locked, with all that was said of it and what it is asked. Raises StillOpenError."""
    locked = assignment.lock(item)
    adjudicate.require_full(locked)
    every = Review.every.filter(item=locked).select_related("rubric").order_by("submitted_at", "id")
    return locked, list(every), rubric_versions.asked_of(locked, rubric_versions.current(locked.queue), None)


def _word(item: Item, every: Sequence[Review]) -> Review | None:
    """An editor's word, or what is being made one; the majority's is none."""
    if item.adjudicated_at is None:
        return unfinished.kept(every)
    return unfinished.standing(every) if item.adjudicated_by_id else None


def _finals(item: Item, every: Sequence[Review]) -> Mapping[str, JsonValue]:
    word = _word(item, every)
    return word.answers if word else {}


def _with(begun: ReviewInput, finals: Mapping[str, JsonValue], asked: Rubric) -> ReviewInput:
    decided = {key: value for key, value in finals.items() if asked.question(key)}
    return begun.model_copy(update={"answers": begun.answers | decided})


def _require_differing(found: Outcome, key: str) -> None:
    said = found.keys.get(key)
    if said is None or said.state != Agreement.DISAGREED:
        raise AgreedError(key)


def _is_open(asked: Rubric, found: Outcome, finals: Mapping[str, JsonValue], given: ReviewInput) -> bool:
    """Whether something is still to be decided on, of what is asked after what is known."""
    keys = _asked_after(asked, given)
    return any(at.state == Agreement.DISAGREED and key in keys and key not in finals for key, at in found.keys.items())


def _require_asked(asked: Rubric, key: str, given: ReviewInput) -> None:
    question = asked.question(key)
    if question and question.visible_if and key not in _asked_after(asked, given):
        earlier = asked.question(question.visible_if.question)
        raise NotAskedError(question.label, earlier.label if earlier else question.visible_if.question)


def _asked_after(asked: Rubric, given: ReviewInput) -> dict[str, JsonValue]:
    """The questions that are asked after these answers, with them."""
    found: dict[str, JsonValue] = {}
    for one in asked.questions:
        if one.visible_if is None or one.visible_if.is_met(found):
            found[one.key] = given.answers.get(one.key)
    return found


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
