"""Taking a submission back."""

import pytest

from annotation.domain.reviews import correct, drafts, undo
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Feedback, Item, Reservation, Review, Trace
from tests.domain.reviews.conftest import BAD, NOON, Bench

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
    bench.submit(bench.one, **BAD)
    with pytest.raises(undo.UndoRefusedError, match="This was an edit"):
        undo.undo(review=review, by=bench.one, now=NOON)
    assert Review.objects.count() == 1
