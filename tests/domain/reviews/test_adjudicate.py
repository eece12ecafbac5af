"""Reviews that differ: told apart, settled by an editor or the majority, and open again when one of them changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from annotation.domain.queues import assignment, lifecycle, rubric_versions
from annotation.domain.queues.refusals import ItemNotOpenError, NothingLeftError
from annotation.domain.reviews import adjudicate, correct, undo
from annotation.domain.reviews.adjudicate import NobodyLeftError, NoSuchReviewError, OvertakenError, StillOpenError
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.quality import queries
from annotation.models import AuditEvent, Example, Feedback, Item, Membership, Reservation, Review, Trace, User
from tests.domain.reviews.conftest import NOON, Bench
from tests.factories.accounts import MembershipFactory

LATER = NOON + timedelta(hours=1)
FIXED = "No refund on saver rates."
UP: dict[str, Any] = {"answers": {"thumbs": "up"}}
DOWN: dict[str, Any] = {"answers": {"thumbs": "down"}}

pytestmark = pytest.mark.django_db
MakeBench = Callable[..., Bench]


def split(make_bench: MakeBench, decides: str = "editor") -> Bench:
    """An item that one finds good and the other bad."""
    bench = make_bench(reviewers_per_item=2, decides=decides)
    bench.submit(bench.one, **UP)
    bench.submit(bench.other, **DOWN, now=NOON + timedelta(minutes=1))
    return bench


def given_by(person: User) -> Review:
    return Review.objects.get(reviewer=person)


def standing(bench: Bench) -> tuple[str, bool, int]:
    item = Item.objects.get(pk=bench.item.pk)
    return item.state, item.is_disputed, item.extra_seats


def verdict() -> tuple[str | None, str | None]:
    return Trace.objects.values_list("verdict", "verdict_source").get()


def token(bench: Bench) -> str:
    item = Item.objects.get(pk=bench.item.pk)
    return adjudicate.token(item, list(Review.objects.filter(item=item)))


def third(bench: Bench) -> User:
    person: User = MembershipFactory(workspace=bench.queue.workspace, role=Membership.Role.REVIEWER).user
    return person


def test_reviews_that_differ_wait_for_a_word(make_bench: MakeBench) -> None:
    bench = split(make_bench)
    assert standing(bench) == ("disagreement", True, 0)
    assert verdict() == ("unsure", "reviewer")
    with pytest.raises(ItemNotOpenError):
        bench.submit(third(bench), **UP)


def test_where_nobody_decides_they_stand_side_by_side(make_bench: MakeBench) -> None:
    assert standing(split(make_bench, "nobody")) == ("done", False, 0)


def test_a_review_taken_as_it_is_decides_the_verdict(make_bench: MakeBench) -> None:
    bench = split(make_bench)
    adjudicate.take(
        item=bench.item,
        review=given_by(bench.other).uuid,
        by=bench.editor,
        now=LATER,
        seen=token(bench),
        note="Policy.",
    )
    item = Item.objects.get()
    assert (item.state, item.is_disputed, item.adjudicated_by, item.adjudicated_at) == (
        "done", False, bench.editor, LATER,
    )  # fmt: skip
    assert verdict() == ("bad", "adjudicated")
    assert given_by(bench.other).is_authoritative
    assert not given_by(bench.one).is_authoritative
    event = AuditEvent.objects.get(action="item.adjudicated")
    assert (event.actor, event.detail["answer"], event.detail["reviewer"], event.detail["note"]) == (
        bench.editor.email, "taken", bench.other.email, "Policy.",
    )  # fmt: skip


def test_taking_a_review_accepts_its_correction(make_bench: MakeBench) -> None:
    bench = make_bench(reviewers_per_item=2, decides="editor")
    bench.submit(bench.one, **UP)
    bench.submit(bench.other, **DOWN, correction=FIXED)
    adjudicate.take(item=bench.item, review=given_by(bench.other).uuid, by=bench.editor, now=LATER)
    assert (given_by(bench.other).correction_state, Example.objects.get().outputs) == ("accepted", {"output": FIXED})
    assert AuditEvent.objects.filter(action="item.adjudicated").count() == 1


def test_an_answer_written_by_the_adjudicator_overwrites_no_review_and_counts_as_none(make_bench: MakeBench) -> None:
    bench = make_bench(reviewers_per_item=2, decides="editor")
    bench.submit(bench.one, **UP, note="Fine")
    bench.submit(bench.editor, **DOWN, note="Not fine")  # who decides may have been a party to it
    answers = ReviewInput(answers={"thumbs": "down"}, layer="model", correction=FIXED, note="Both overlooked it")
    adjudicate.write(item=bench.item, answers=answers, by=bench.editor, now=LATER, seen=token(bench))
    assert sorted(Review.objects.values_list("note", "is_authoritative")) == [("Fine", False), ("Not fine", False)]
    written = Review.every.get(is_adjudication=True)
    assert (written.reviewer, written.is_authoritative, written.layer) == (bench.editor, True, "model")
    assert (written.correction_state, Example.objects.get().outputs) == ("accepted", {"output": FIXED})
    assert verdict() == ("bad", "adjudicated")
    assert Item.objects.get().review_count == 2
    overview = queries.overview(bench.queue)
    thumbs = overview.agreements[0]
    assert (thumbs.asked.key, thumbs.items, thumbs.disagreed, thumbs.reviewers) == ("thumbs", 1, 1, 2)


def test_another_word_takes_the_place_of_the_first(make_bench: MakeBench) -> None:
    bench = split(make_bench)
    adjudicate.write(item=bench.item, answers=ReviewInput(**UP), by=bench.editor, now=LATER)
    adjudicate.take(item=bench.item, review=given_by(bench.other).uuid, by=bench.editor, now=LATER)
    assert list(Review.every.filter(is_authoritative=True)) == [given_by(bench.other)]
    assert Feedback.objects.filter(review__is_adjudication=True).count() == 0
    assert verdict() == ("bad", "adjudicated")


@pytest.mark.parametrize("whose", ["one", "other"])
def test_an_edited_review_does_not_leave_a_stale_word_on_its_item(make_bench: MakeBench, whose: str) -> None:
    """Whichever review changes, the chosen one or the one that was passed over."""
    bench = split(make_bench)
    adjudicate.take(item=bench.item, review=given_by(bench.other).uuid, by=bench.editor, now=LATER)
    changed = UP if whose == "one" else DOWN
    bench.submit(getattr(bench, whose), **changed, note="On second thought", now=LATER)
    assert standing(bench) == ("disagreement", True, 0)
    assert not Review.every.filter(is_authoritative=True).exists()
    assert verdict() == ("unsure", "reviewer")


def test_a_review_that_is_taken_back_does_not_leave_a_stale_word_on_its_item(make_bench: MakeBench) -> None:
    bench = split(make_bench)
    adjudicate.write(item=bench.item, answers=ReviewInput(**DOWN), by=bench.editor, now=LATER)
    undo.undo(review=given_by(bench.other), by=bench.other, now=LATER)
    assert standing(bench) == ("open", False, 0)
    assert verdict() == ("good", "reviewer")
    assert Review.every.get(is_adjudication=True).answers == {"thumbs": "down"}  # kept to begin from


def test_agreeing_afterwards_needs_no_word(make_bench: MakeBench) -> None:
    bench = split(make_bench)
    bench.submit(bench.one, **DOWN, now=LATER)
    assert standing(bench) == ("done", False, 0)
    assert verdict() == ("bad", "reviewer")


def test_the_page_that_was_read_before_a_review_changed_decides_nothing(make_bench: MakeBench) -> None:
    bench = split(make_bench)
    seen, review = token(bench), given_by(bench.other)
    bench.submit(bench.one, **UP, note="More", now=LATER)
    with pytest.raises(OvertakenError, match="read again"):
        adjudicate.take(item=bench.item, review=review.uuid, by=bench.editor, now=LATER, seen=seen)
    seen = token(bench)
    adjudicate.take(item=bench.item, review=review.uuid, by=bench.editor, now=LATER, seen=seen)
    with pytest.raises(OvertakenError):  # the other editor's page
        adjudicate.take(item=bench.item, review=given_by(bench.one).uuid, by=bench.editor, now=LATER, seen=seen)
    assert standing(bench) == ("done", False, 0)


def test_an_item_that_is_sent_back_is_not_held_by_who_sent_it(make_bench: MakeBench) -> None:
    bench = split(make_bench)
    bench.editor.memberships.update(role=Membership.Role.VIEWER)
    with pytest.raises(NobodyLeftError):
        adjudicate.call_another(item=bench.item, by=bench.editor)
    person = third(bench)
    adjudicate.call_another(item=bench.item, by=bench.editor, seen=token(bench))
    assert (standing(bench), Reservation.objects.count()) == (("open", False, 1), 0)
    assert bench.claim(person) == bench.item
    with pytest.raises(StillOpenError, match="still being reviewed"):
        adjudicate.take(item=bench.item, review=given_by(bench.one).uuid, by=bench.editor, now=LATER)
    assert Reservation.objects.get().reviewer == person
    bench.submit(person, **DOWN)
    assert standing(bench) == ("disagreement", True, 1)


def test_another_reviewer_is_called_and_the_majority_decides(make_bench: MakeBench) -> None:
    bench = split(make_bench, "extra")
    assert standing(bench) == ("open", False, 1)
    with pytest.raises(NothingLeftError):
        bench.claim(bench.one)
    assert bench.claim(bench.editor) == bench.item
    assert assignment.heartbeat(item=bench.item, by=bench.editor, now=LATER) > LATER
    bench.submit(bench.editor, **DOWN, now=LATER)
    item = Item.objects.get()
    assert (item.state, item.adjudicated_by, item.adjudicated_at) == ("done", None, LATER)
    assert (given_by(bench.other).is_authoritative, verdict()) == (True, ("bad", "adjudicated"))
    assert AuditEvent.objects.get(action="item.adjudicated").actor == "system"
    bench.submit(bench.editor, **UP, now=LATER)  # the majority turns
    assert (given_by(bench.one).is_authoritative, verdict()) == (True, ("good", "adjudicated"))


def test_who_was_called_finds_the_seat_though_the_others_agree_by_then(make_bench: MakeBench) -> None:
    bench = split(make_bench, "extra")
    bench.claim(bench.editor)
    bench.submit(bench.one, **DOWN, now=NOON)
    assert standing(bench) == ("done", False, 0)
    bench.submit(bench.editor, **UP, now=NOON)
    assert (standing(bench), verdict()) == (("done", False, 1), ("bad", "adjudicated"))


def test_without_anybody_to_call_an_editor_decides(make_bench: MakeBench) -> None:
    bench = make_bench(reviewers_per_item=2, decides="extra", is_open_to_all=False)
    bench.queue.reviewers.set([bench.one, bench.other])
    bench.submit(bench.one, **UP)
    bench.submit(bench.other, **DOWN)
    assert standing(bench) == ("disagreement", True, 0)


def test_a_word_can_be_taken_back(make_bench: MakeBench) -> None:
    bench = split(make_bench)
    adjudicate.take(item=bench.item, review=given_by(bench.one).uuid, by=bench.editor, now=LATER)
    adjudicate.reopen(item=bench.item, by=bench.editor, now=LATER)
    assert standing(bench) == ("disagreement", True, 0)
    with pytest.raises(adjudicate.NotSettledError):
        adjudicate.reopen(item=bench.item, by=bench.editor, now=LATER)


def test_an_accepted_correction_settles_a_disagreement_and_one_accepted_before_does_not(make_bench: MakeBench) -> None:
    bench = make_bench(reviewers_per_item=2, decides="editor")
    review = bench.submit(bench.one, **DOWN, correction=FIXED)
    correct.accept(review=review, by=bench.editor, now=NOON)
    assert verdict() == ("bad", "adjudicated")
    bench.submit(bench.other, **UP)
    assert (standing(bench), verdict()) == (("disagreement", True, 0), ("unsure", "reviewer"))
    adjudicate.take(item=bench.item, review=given_by(bench.one).uuid, by=bench.editor, now=LATER)
    assert (standing(bench)[0], Example.objects.count()) == ("done", 1)


def test_nobody_accepts_his_own_correction_into_a_dispute(make_bench: MakeBench) -> None:
    bench = make_bench(reviewers_per_item=2, decides="editor", accepts_at_once=True)
    bench.submit(bench.one, **UP)
    bench.submit(bench.other, **DOWN, correction=FIXED)
    assert standing(bench) == ("disagreement", True, 0)
    assert (given_by(bench.other).correction_state, verdict()) == ("proposed", ("unsure", "reviewer"))


def test_a_review_of_another_item_settles_nothing(make_bench: MakeBench) -> None:
    bench, elsewhere = split(make_bench), make_bench()
    foreign = elsewhere.submit(elsewhere.one, **UP)
    with pytest.raises(NoSuchReviewError):
        adjudicate.take(item=bench.item, review=foreign.uuid, by=bench.editor, now=LATER)


def test_items_follow_the_queue_when_somebody_else_decides(make_bench: MakeBench) -> None:
    bench = split(make_bench, "nobody")
    bench.editor.memberships.update(role=Membership.Role.VIEWER)
    settings, asked = lifecycle.settings_of(bench.queue), rubric_versions.questions_of(bench.queue)
    seen = []
    for decides in ("editor", "extra", "nobody"):
        changed = replace(settings, decides=decides)
        lifecycle.edit(queue=bench.queue, settings=changed, rubric=asked, by=bench.editor)
        seen.append(standing(bench))
    assert seen == [("disagreement", True, 0), ("disagreement", True, 0), ("done", False, 0)]


def test_every_review_says_how_blind_it_was(make_bench: MakeBench) -> None:
    bench = make_bench(blindness={"peers": True, "model": True})
    review = bench.submit(bench.one, **UP)
    assert review.blindness == {"peers": True, "judges": False, "user_thumbs": False, "model": True}
