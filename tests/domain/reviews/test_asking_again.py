"""A rubric that grew: only what is affected is asked again, with what was answered filled in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from annotation.domain.queues import assignment, counts, lifecycle
from annotation.domain.queues.conditions import Condition
from annotation.domain.queues.refusals import NothingLeftError
from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric
from annotation.domain.reviews import correct, opening
from annotation.domain.reviews.content import ReviewInput
from annotation.models import AuditEvent, Feedback, Item, Queue, Review, User
from tests.domain.reviews.conftest import BAD, NOON, Bench

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
THUMBS = Question(key="thumbs", kind=QuestionKind.THUMBS, label="Was this good?", is_required=True)
TONE = Question(key="tone", kind=QuestionKind.SCALE, label="Tone", minimum=1, maximum=5, is_required=True)


def grow(bench: Bench, *added: Question, asks_again: bool = True) -> Queue:
    return lifecycle.edit(
        queue=bench.queue, settings=lifecycle.settings_of(bench.queue), rubric=Rubric(questions=(THUMBS, *added)),
        by=bench.editor, asks_again=asks_again,
    )  # fmt: skip


def left(queue: Queue, person: User) -> int:
    return counts.of_queue(queue, person=person).left


def test_the_reviewer_is_asked_the_new_question_only_and_the_rest_stands(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers_per_item=2)
    review = bench.submit(bench.one, **BAD, note="As before.", labels=["Tone"])
    bench.submit(bench.other, answers={"thumbs": "up"})
    queue = grow(bench, TONE)
    event = AuditEvent.objects.get(action="queue.changed")
    assert (event.detail["reviews asked for again"], left(queue, bench.one), left(queue, bench.editor)) == (2, 1, 0)

    claim = assignment.claim_next(queue=queue, by=bench.one, now=LATER)
    shown = opening.opened(claim, by=bench.one)
    assert (claim.item.pk, claim.expires_at) == (bench.item.pk, None)
    assert (shown.new, shown.version.number) == (frozenset({"tone"}), 2)
    assert (shown.content.answers, shown.content.note) == ({"thumbs": "down"}, "As before.")

    given = shown.content.model_copy(update={"answers": {"thumbs": "down", "tone": 2}, "rubric_version": 2})
    bench.submit(bench.one, now=LATER, **given.model_dump())
    review.refresh_from_db()
    assert (review.answers, review.rubric.number, review.is_asked_again) == ({"thumbs": "down", "tone": 2}, 2, False)
    assert set(Feedback.objects.filter(author=bench.one).values_list("key", flat=True)) == {
        "thumbs", "tone", "note", "label",
    }  # fmt: skip
    assert (Item.objects.get().state, Item.objects.get().review_count, left(queue, bench.one)) == ("done", 2, 0)
    with pytest.raises(NothingLeftError):
        assignment.claim_next(queue=queue, by=bench.one, now=LATER)
    assert assignment.claim_next(queue=queue, by=bench.other, now=LATER).item.pk == bench.item.pk


def test_a_choice_more_asks_its_question_again_and_a_choice_less_or_new_words_do_not(bench: Bench) -> None:
    def why(*choices: str, label: str = "Why?") -> Question:
        options = tuple(Option(key=choice, label=f"{label} {choice}") for choice in choices)
        return Question(key="why", kind=QuestionKind.CHOICE, label=label, options=options)

    grow(bench, why("rude", "slow", "odd"), asks_again=False)
    bench.submit(bench.one, answers={"thumbs": "down", "why": "slow"}, rubric_version=2)
    grow(bench, why("rude", "slow"))
    assert left(bench.queue, bench.one) == 0
    grow(bench, why("rude", "slow", label="What was it?"))
    assert left(bench.queue, bench.one) == 0
    queue = grow(bench, why("rude", "slow", "wrong"))
    assert left(queue, bench.one) == 1
    shown = opening.opened(assignment.claim_next(queue=queue, by=bench.one, now=LATER), by=bench.one)
    assert (shown.new, shown.content.answers["why"]) == (frozenset({"why"}), "slow")


def test_an_accepted_correction_stays_accepted(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD, correction="No refund.")
    correct.accept(review=review, by=bench.editor, now=NOON)
    grow(bench, TONE)
    bench.submit(bench.one, now=LATER, answers={"thumbs": "down", "tone": 1}, correction="No refund.")
    review.refresh_from_db()
    assert (review.correction_state, review.decided_by, review.is_authoritative) == ("accepted", bench.editor, True)
    assert list(Feedback.objects.values_list("is_adjudicated", flat=True).distinct()) == [True]
    bench.submit(bench.one, now=LATER, answers={"thumbs": "down", "tone": 1}, correction="No refund at all.")
    review.refresh_from_db()
    assert (review.correction_state, review.is_authoritative) == ("proposed", False)


def test_nobody_is_asked_what_does_not_apply_or_without_being_told_to(bench: Bench) -> None:
    bench.submit(bench.one, **BAD)
    why = TONE.model_copy(update={"visible_if": Condition(question="thumbs", any_of=("up",))})
    grow(bench, TONE, asks_again=False)
    assert Review.objects.filter(is_asked_again=True).count() == 0
    grow(bench, why)
    assert Review.objects.filter(is_asked_again=True).count() == 0
    grow(bench, TONE.model_copy(update={"label": "How was the tone?"}))
    assert Review.objects.filter(is_asked_again=True).count() == 1


def test_an_answer_under_the_old_version_leaves_the_question_open(bench: Bench) -> None:
    bench.submit(bench.one, **BAD)
    grow(bench, TONE)
    bench.submit(bench.one, now=LATER, answers={"thumbs": "up"}, rubric_version=1)
    assert Review.objects.get().is_asked_again is True
    assert opening.opened(assignment.Claim(bench.item, None), by=bench.one).content == ReviewInput(
        answers={"thumbs": "up"}, rubric_version=1
    )
