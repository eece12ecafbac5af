"""Taking a submission back."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from annotation.domain.queues import rubric, rubric_versions
from annotation.domain.reviews import correct, drafts, history, submit, undo
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Feedback, Item, Reservation, Review, ReviewRevision, Trace
from tests.domain.reviews.conftest import BAD, NOON, Bench
from tests.factories.queues import ItemFactory

pytestmark = pytest.mark.django_db


def test_the_review_becomes_a_draft_and_the_item_is_theirs_again(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD, labels=["Tone"], correction="No.", note="so")
    assert undo.last_submission(queue=bench.queue, by=bench.one) == review
    claim = undo.undo(review=review, by=bench.one, now=NOON)
    assert claim.item == bench.item
    assert (Review.objects.count(), Feedback.objects.count()) == (0, 0)
    assert (Item.objects.get().state, Item.objects.get().review_count) == ("open", 0)
    assert (Trace.objects.get().verdict, Reservation.objects.get().reviewer) == (None, bench.one)
    kept = drafts.load(item=bench.item, by=bench.one)
    assert kept is not None
    assert kept.content == ReviewInput(
        answers={"thumbs": "down"}, labels=("Tone",), correction="No.", note="so", rubric_version=1
    )
    assert undo.last_submission(queue=bench.queue, by=bench.one) is None


def test_not_after_acceptance_not_after_an_edit_and_not_for_others(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD, correction="No.")
    with pytest.raises(undo.UndoRefusedError, match="Only the person who gave"):
        undo.undo(review=review, by=bench.other, now=NOON)
    correct.accept(review=review, by=bench.editor, now=NOON)
    with pytest.raises(undo.UndoRefusedError, match="has been accepted"):
        undo.undo(review=review, by=bench.one, now=NOON)
    assert Review.objects.count() == 1


def test_edits_are_undone_one_after_the_other_and_then_the_review(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD, note="first")
    bench.submit(bench.one, **BAD, note="second")
    bench.submit(bench.one, answers={"thumbs": "up"}, note="third")
    assert [version.given.note for version in history.versions(Review.objects.get())] == ["third", "second", "first"]

    undo.undo(review=review, by=bench.one, now=NOON)
    assert (Review.objects.get().note, Trace.objects.get().verdict) == ("second", "bad")
    kept = drafts.load(item=bench.item, by=bench.one)
    assert kept is not None
    assert kept.content.note == "third"
    undo.undo(review=review, by=bench.one, now=NOON)
    assert Review.objects.get().note == "first"
    assert not ReviewRevision.objects.exists()
    assert Review.objects.get().submission_count == 5, "nobody's word on an edit covers what came back"
    undo.undo(review=review, by=bench.one, now=NOON)
    assert not Review.objects.exists()


def test_what_an_edit_replaced_is_worded_by_the_rubric_that_asked_for_it(bench: Bench) -> None:
    bench.submit(bench.one, **BAD)
    asked = rubric.Rubric(questions=(rubric.Question(key="grade", kind=rubric.QuestionKind.NUMBER, label="Grade"),))
    rubric_versions.publish(queue=bench.queue, asked=asked, by=None)
    review = bench.submit(bench.one, answers={"grade": 3}, rubric_version=2)
    now, before = history.versions(review)
    assert (now.number, now.is_current, now.answers[0].answer) == (2, True, "3")
    assert (before.number, before.is_current, before.answers[0].answer) == (1, False, "Bad")


def test_the_ten_latest_are_offered_the_latest_first(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench()
    for number in range(2, 14):
        ItemFactory(queue=bench.queue, number=number, trace=bench.trace, subject=f"trace:{number}")
    for minute, item in enumerate(Item.objects.order_by("number")):
        submit.submit(
            item=item,
            by=bench.one,
            answers=ReviewInput.model_validate(BAD),
            now=NOON + timedelta(minutes=minute),
        )
    found = undo.recent(queue=bench.queue, by=bench.one)
    assert [review.item.number for review in found] == list(range(13, 3, -1))
    assert list(undo.recent(queue=bench.queue, by=bench.other)) == []
