"""Gold items and items given again: nobody can tell, and nothing of it counts as a review."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from annotation.domain.queues import assignment, probes
from annotation.domain.queues.refusals import NothingLeftError
from annotation.domain.reviews import drafts, gold, opening, submit, undo
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.quality import consistency, own
from annotation.domain.reviews.quality.consistency import Rate
from annotation.models import Draft, Feedback, Item, Probe, Queue, Review, User
from tests.domain.reviews.conftest import BAD, NOON, Bench
from tests.factories.queues import ItemFactory

pytestmark = pytest.mark.django_db
MakeBench = Callable[..., Bench]
GOOD: dict[str, object] = {"answers": {"thumbs": "up"}}
LATER = NOON + timedelta(days=8)


def draws(bench: Bench, person: User, *, at_most: float, reviewed: int = 0, met: int = 0) -> None:
    """Give the queue an id with which the person's next draw is below `at_most`."""
    while probes.draw(bench.queue, person, reviewed, met) >= at_most:
        bench.queue.uuid = uuid4()
    Queue.objects.filter(pk=bench.queue.pk).update(uuid=bench.queue.uuid)
    bench.item.refresh_from_db()


def everything(bench: Bench) -> tuple[object, ...]:
    """All that a probe may not change."""
    reviews = list(Review.every.order_by("id").values())
    feedback = list(Feedback.objects.order_by("id").values())
    items = list(Item.objects.order_by("id").values("state", "review_count", "extra_seats", "is_disputed"))
    return reviews, feedback, items


def answer(item: Item, by: User, given: dict[str, object], now: object = LATER) -> Review:
    return submit.submit(item=item, by=by, answers=ReviewInput.model_validate(given), now=now)  # type: ignore[arg-type]


def test_nobody_is_measured_unless_the_queue_says_so(bench: Bench) -> None:
    review = bench.submit(bench.one, **BAD)
    gold.mark_by(review=review, by=bench.editor)
    for person in (bench.one, bench.other):
        with pytest.raises(NothingLeftError):
            bench.claim(person, now=LATER)
    assert Probe.objects.count() == 0


def test_a_gold_item_comes_to_those_who_have_not_reviewed_it_and_counts_as_nothing(make_bench: MakeBench) -> None:
    bench = make_bench(gold_percent=50)
    gold.mark_by(review=bench.submit(bench.one, **BAD, note="so"), by=bench.editor)
    draws(bench, bench.other, at_most=50)
    before = everything(bench)
    assert bench.claim(bench.other) == bench.item
    assert bench.claim(bench.other) == bench.item  # two clicks
    assert assignment.heartbeat(item=bench.item, by=bench.other, now=NOON) > NOON
    shown = answer(bench.item, bench.other, {**GOOD, "active_ms": 900})
    assert (shown.answers, shown.reviewer, Review.objects.count()) == ({"thumbs": "up"}, bench.other, 1)
    assert everything(bench) == before
    answer(bench.item, bench.other, GOOD)  # a second click
    assert everything(bench) == before
    (row,) = consistency.gold(bench.queue)
    assert (row.reviewer, row.asked.key, row.rate) == (bench.other, "thumbs", Rate(0, 1))
    assert [(one.item, one.answer, one.right) for one in row.wrong] == [(bench.item, "Good", "Bad")]
    with pytest.raises(NothingLeftError):
        bench.claim(bench.other)
    with pytest.raises(NothingLeftError):
        bench.claim(bench.one)  # it is their own


def test_an_item_comes_again_after_days_without_the_earlier_answers(make_bench: MakeBench) -> None:
    bench = make_bench(retest_percent=50, retest_days=7)
    bench.submit(bench.one, **BAD, labels=["Tone"], note="so")
    draws(bench, bench.one, at_most=50, reviewed=1)
    with pytest.raises(NothingLeftError):
        bench.claim(bench.one, now=NOON + timedelta(days=6))
    before = everything(bench)
    claim = assignment.claim_next(queue=Queue.objects.get(), by=bench.one, now=LATER)
    claim.item.queue = Queue.objects.get()
    opened = opening.opened(claim, by=bench.one)
    assert (opened.content, opened.seen, claim.item) == (ReviewInput(), 0, bench.item)
    assert opening.progress(claim.item.queue, bench.one).own_count == 1
    answer(bench.item, bench.one, {**GOOD, "note": "again"})
    assert everything(bench) == before
    assert opening.progress(claim.item.queue, bench.one).own_count == 2
    answer(bench.item, bench.one, {**GOOD, "note": "again"})  # a second click
    assert everything(bench) == before
    (found,) = consistency.consistency(bench.queue)
    assert (found.asked.key, found.items, found.raw) == ("thumbs", 1, 0.0)
    assert [(one.reviewer, one.first, one.again) for one in found.moved] == [(bench.one, "Bad", "Good")]
    assert not Draft.objects.exists()


def test_what_was_typed_on_a_probe_is_kept_and_what_does_not_fit_changes_nothing(make_bench: MakeBench) -> None:
    bench = make_bench(retest_percent=50, retest_days=0)
    bench.submit(bench.one, **BAD)
    draws(bench, bench.one, at_most=50, reviewed=1)
    bench.claim(bench.one, now=LATER)
    before = everything(bench)
    with pytest.raises(Exception, match="Was this good"):
        answer(bench.item, bench.one, {"note": "half"})
    assert everything(bench) == before
    kept = drafts.load(item=bench.item, by=bench.one)
    assert kept is not None
    assert kept.content.note == "half"
    assert bench.claim(bench.one, now=LATER + timedelta(days=1)) == bench.item  # it lapsed, and comes back


def test_undo_takes_the_probe_back_and_not_the_review_before_it(make_bench: MakeBench) -> None:
    bench = make_bench(retest_percent=50, retest_days=0)
    bench.submit(bench.one, **BAD)
    draws(bench, bench.one, at_most=50, reviewed=1)
    bench.claim(bench.one, now=LATER)
    answer(bench.item, bench.one, {**GOOD, "note": "again"})
    before = everything(bench)
    assert undo.last(queue=bench.queue, by=bench.one) == undo.Last(bench.item)
    claim = undo.undo_last(queue=bench.queue, by=bench.one, now=LATER)
    assert claim is not None
    assert claim.item == bench.item
    assert everything(bench) == before
    kept = drafts.load(item=bench.item, by=bench.one)
    assert kept is not None
    assert (kept.content.answers, kept.content.note) == ({"thumbs": "up"}, "again")
    answer(bench.item, bench.one, BAD)
    assert consistency.consistency(bench.queue)[0].raw == 1.0


def test_a_skipped_probe_comes_back_at_the_end_of_the_line_like_all_that_is_skipped(make_bench: MakeBench) -> None:
    bench = make_bench(retest_percent=50, retest_days=1)
    bench.submit(bench.one, **BAD)
    draws(bench, bench.one, at_most=50, reviewed=1)
    bench.claim(bench.one, now=LATER)
    other = ItemFactory(queue=bench.queue, number=2)
    assignment.skip(item=bench.item, by=bench.one, now=LATER)
    assert bench.claim(bench.one, now=LATER) == other
    assignment.skip(item=other, by=bench.one, now=LATER)
    assert bench.claim(bench.one, now=LATER) == other
    answer(other, bench.one, GOOD)
    draws(bench, bench.one, at_most=100, reviewed=2, met=1)
    assert bench.claim(bench.one, now=LATER) == bench.item
    before = everything(bench)
    answer(bench.item, bench.one, GOOD)
    assert everything(bench) == before
    assert consistency.consistency(bench.queue)[0].raw == 0.0


def test_only_a_settled_item_is_gold_and_only_answers_that_fit(bench: Bench) -> None:
    with pytest.raises(gold.GoldError, match="has all its reviews"):
        gold.mark(item=bench.item, by=bench.editor, answers={"thumbs": "up"})
    bench.submit(bench.one, **BAD)
    with pytest.raises(gold.GoldError, match="at least one answer"):
        gold.mark(item=bench.item, by=bench.editor, answers={})
    with pytest.raises(Exception, match="no question “colour”"):
        gold.mark(item=bench.item, by=bench.editor, answers={"colour": "red"})
    assert gold.mark(item=bench.item, by=bench.editor, answers={"thumbs": "up"}).gold == {"thumbs": "up"}
    assert gold.unmark(item=bench.item, by=bench.editor).gold is None


def test_a_reviewer_sees_own_figures_and_others_answers_on_done_items_only(make_bench: MakeBench) -> None:
    bench = make_bench(reviewers_per_item=2, shows_gold=True)
    bench.submit(bench.one, **BAD, active_ms=4000)
    (work,) = own.work(Queue.objects.all(), bench.one)
    assert (work.review_count, work.median_seconds, work.with_others) == (1, 4.0, ())
    assert own.work(Queue.objects.all(), bench.other) == []
    bench.submit(bench.other, **BAD)
    (work,) = own.work(Queue.objects.all(), bench.one)
    assert [(one.asked.key, one.rate) for one in work.with_others if one.asked.key == "thumbs"] == [
        ("thumbs", Rate(1, 1))
    ]


def test_draws_are_the_same_each_time_and_as_many_as_the_share_says(bench: Bench) -> None:
    drawn = [probes.draw(bench.queue, bench.one, number, 0) for number in range(2000)]
    assert drawn == [probes.draw(bench.queue, bench.one, number, 0) for number in range(2000)]
    assert 60 < sum(place < 5 for place in drawn) < 145
    assert all(0 <= place < 100 for place in drawn)


@pytest.mark.parametrize(
    ("right", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (8, 10, 0.4902, 0.9433), (10, 10, 0.7225, 1.0)]
)
def test_intervals_are_those_of_wilson(right: int, of: int, low: float, high: float) -> None:
    rate = Rate(right, of)
    assert rate.low == pytest.approx(low, abs=1e-4)
    assert rate.high == pytest.approx(high, abs=1e-4)
