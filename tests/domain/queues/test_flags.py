"""Flags: whom a flagged item is kept from, and how its flag goes again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from annotation.domain.queues import assignment, items, refusals, sections, sharing, table
from annotation.domain.queues.sections import Section
from annotation.domain.reviews import drafts, submit, undo
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.undo import FlagUndone, Last
from annotation.models import AuditEvent, Item, Membership, Probe, Queue, Review, Skip, User
from tests.domain.queues.test_assignment import LATER, NOON, fill, next_number, reviewer
from tests.factories.queues import AssignmentFactory, QueueFactory
from tests.fixtures.meanwhile import meanwhile

pytestmark = pytest.mark.django_db
GOOD = ReviewInput(answers={"thumbs": "up"})
SOON = NOON + timedelta(minutes=1)


def flag(item: Item, by: User) -> None:
    items.flag(item=item, by=by, reason="cut off", now=SOON)


def claim(item: Item, by: User) -> None:
    assignment.claim_item(item=item, by=by, now=SOON)


def beat(item: Item, by: User) -> None:
    assignment.heartbeat(item=item, by=by, now=SOON)


def give(item: Item, by: User) -> Review:
    return submit.submit(item=item, by=by, answers=GOOD, now=SOON)


def test_a_flagged_item_is_refused_to_all_who_name_it_and_nothing_they_typed_is_lost() -> None:
    queue = QueueFactory(reviewers_per_item=2, blindness={"peers": False})
    (item,) = fill(queue, 1)
    one, other = reviewer(queue), reviewer(queue)
    AssignmentFactory(item=item, reviewer=other)
    flag(item, one)

    for act in (claim, give, beat):
        with pytest.raises(refusals.ItemFlaggedError, match=f"^Item 1 is flagged by {one} and waits for an editor"):
            act(item, other)
        with pytest.raises(refusals.ItemFlaggedError, match=r"^You flagged item 1; .* Withdraw the flag"):
            act(item, one)
    with pytest.raises(refusals.NothingLeftError, match="1 flagged"):
        next_number(queue, other, SOON)
    assert table.claim_page(queue=queue, by=other, now=SOON) == []
    rows = Item.objects.filter(queue=queue)
    assert sharing.share(queue=queue, items=rows, people=[one], by=one, now=SOON).count == 0
    kept = drafts.load(item=item, by=other)
    assert kept is not None
    assert kept.content.answers == {"thumbs": "up"}


def test_who_flagged_is_told_to_nobody_who_may_not_know_what_others_say() -> None:
    queue = QueueFactory(blindness={"peers": True})
    (item,) = fill(queue, 1)
    flag(item, reviewer(queue))
    with pytest.raises(
        refusals.ItemFlaggedError, match=r"^Item 1 is flagged and waits for an editor; take the next one\.$"
    ):
        claim(item, reviewer(queue))


def test_who_holds_an_item_as_another_flags_it_may_submit_it_until_it_lapses() -> None:
    queue = QueueFactory(reviewers_per_item=3)
    first, second = fill(queue, 2)
    one, other, late = reviewer(queue), reviewer(queue), reviewer(queue)
    for person in (one, other, late):
        assert next_number(queue, person) == 1
    flag(first, one)
    assert next_number(queue, other, SOON) == 2  # unasked nobody is given it, not even who has it
    claim(first, other)
    assert assignment.heartbeat(item=first, by=other, now=SOON) > SOON
    assert table.heartbeat(queue=queue, by=other, numbers=[1, 2], now=SOON) == []
    assert give(first, other).answers == {"thumbs": "up"}
    with pytest.raises(refusals.ItemFlaggedError):
        assignment.heartbeat(item=first, by=late, now=LATER)
    assert table.heartbeat(queue=queue, by=late, numbers=[1], now=LATER) == [1]
    with pytest.raises(refusals.ItemFlaggedError):
        submit.submit(item=first, by=late, answers=GOOD, now=LATER)
    assert Item.objects.get(pk=first.pk).review_count == 1
    assert second.state == "open"


def test_who_has_reviewed_an_item_edits_it_and_takes_nothing_back_while_it_is_flagged() -> None:
    queue = QueueFactory(reviewers_per_item=2)
    (item,) = fill(queue, 1)
    one, other = reviewer(queue), reviewer(queue)
    review = give(item, one)
    flag(item, other)
    assert assignment.claim_item(item=item, by=one, now=SOON).expires_at is None
    edit = ReviewInput(answers={"thumbs": "down"})
    assert submit.submit(item=item, by=one, answers=edit, now=SOON).answers == {"thumbs": "down"}
    undo.undo(review=review, by=one, now=SOON)  # the edit
    with pytest.raises(refusals.ItemFlaggedError):
        undo.undo(review=Review.objects.get(), by=one, now=SOON)
    assert Review.objects.get().answers == {"thumbs": "up"}


def test_editors_open_a_flagged_item_to_judge_the_flag() -> None:
    queue = QueueFactory()
    (item,) = fill(queue, 1)
    editor, admin = reviewer(queue, Membership.Role.EDITOR), reviewer(queue, Membership.Role.ADMIN)
    flag(item, reviewer(queue))
    claim(item, editor)
    assert sharing.take_over(item=item, by=admin, now=SOON).item == item
    with pytest.raises(refusals.NothingLeftError):
        next_number(queue, admin, SOON)
    assert give(item, admin).item.flagged_at == SOON


def test_a_flag_is_withdrawn_by_who_set_it_once_and_logged() -> None:
    queue = QueueFactory()
    (item,) = fill(queue, 1)
    one, other = reviewer(queue), reviewer(queue)
    flag(item, one)
    with pytest.raises(refusals.FlagOfAnotherError, match="only an editor clears"):
        items.withdraw_flag(item=item, by=other)
    for _ in range(2):
        items.withdraw_flag(item=item, by=one)
    assert next_number(queue, other, SOON) == 1
    entry = AuditEvent.objects.get(action="item.flag_withdrawn")
    assert (entry.actor_id, entry.detail["flagged_by"], entry.detail["number"]) == (one.pk, one.email, 1)


def test_a_removed_item_keeps_its_flag_which_is_settled() -> None:
    queue = QueueFactory()
    (item,) = fill(queue, 1)
    one = reviewer(queue)
    flag(item, one)
    assert undo.last(queue=queue, by=one) == Last(item, is_flag=True)
    items.remove(item=item, by=reviewer(queue, Membership.Role.EDITOR))
    assert undo.last(queue=queue, by=one) is None
    with pytest.raises(refusals.ItemNotOpenError, match="was removed"):
        items.withdraw_flag(item=item, by=one)
    assert Item.objects.get().flagged_by == one


def test_the_first_flag_stands_and_the_words_of_the_second_are_kept_as_with_a_skip() -> None:
    queue = QueueFactory(reviewers_per_item=2)
    (item,) = fill(queue, 1)
    one, other = reviewer(queue), reviewer(queue)
    assert next_number(queue, other) == 1
    flag(item, one)
    items.flag(item=item, by=one, reason="", now=SOON)  # a second click
    items.flag(item=item, by=other, reason="and rude", now=SOON)
    standing = Item.objects.get()
    assert (standing.flagged_by, standing.flag_reason) == (one, "cut off")
    assert Skip.objects.values_list("reviewer", "reason").get() == (other.pk, "and rude")
    with pytest.raises(refusals.FlagOfAnotherError):
        items.withdraw_flag(item=item, by=other)
    with pytest.raises(refusals.ItemFlaggedError):
        assignment.heartbeat(item=item, by=other, now=SOON)


def test_undo_takes_back_what_came_last_a_flag_or_a_review() -> None:
    queue = QueueFactory()
    first, second = fill(queue, 2)
    one = reviewer(queue)
    submit.submit(item=first, by=one, answers=GOOD, now=NOON)
    flag(second, one)
    assert undo.last(queue=queue, by=one) == Last(second, is_flag=True)
    undone = undo.undo_flag(item=second, by=one, now=SOON)
    assert isinstance(undone.given, assignment.Claim)
    assert (undone.is_withdrawn, undone.given.item, undone.given.expires_at) == (
        True, second, SOON + timedelta(minutes=queue.reservation_minutes),
    )  # fmt: skip
    assert undo.last(queue=queue, by=one) == Last(first)
    assert undo.undo_flag(item=second, by=one, now=SOON).is_withdrawn is False  # a second click gives it as well
    assert AuditEvent.objects.filter(action="item.flag_withdrawn").count() == 1


def test_a_flag_is_withdrawn_even_if_the_item_is_nobodys_to_have() -> None:
    queue = QueueFactory()
    (item,) = fill(queue, 1)
    one = reviewer(queue)
    flag(item, one)
    Queue.objects.update(status="paused")
    undone = undo.undo_flag(item=item, by=one, now=SOON)
    assert isinstance(undone, FlagUndone)
    assert isinstance(undone.given, refusals.QueueNotActiveError)
    assert Item.objects.get().flagged_at is None


def test_an_item_with_known_answers_is_one_still_after_its_flag_was_withdrawn() -> None:
    queue = QueueFactory()
    (item,) = fill(queue, 1)
    one = reviewer(queue)
    Item.objects.update(state="done", gold={"thumbs": "up"})
    Probe.objects.create(item=item, reviewer=one, kind=Probe.Kind.GOLD, given_at=NOON)
    flag(item, one)
    with pytest.raises(refusals.ItemFlaggedError, match="You flagged item 1"):
        claim(item, one)
    assert isinstance(undo.undo_flag(item=item, by=one, now=SOON).given, assignment.Claim)
    assert Probe.objects.get().is_open


def test_for_sdks_a_flagged_item_waits_for_others() -> None:
    queue = QueueFactory()
    first, second = fill(queue, 2)
    one = reviewer(queue)
    flag(first, reviewer(queue))
    first.refresh_from_db()
    rows = Item.objects.filter(queue=queue)
    assert list(sections.of_section(rows, Section.MINE, one)) == [second]
    assert list(sections.of_section(rows, Section.OTHERS, one)) == [first]
    assert [sections.section_of(item, one) for item in (first, second)] == [Section.OTHERS, Section.MINE]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_flag_first", [True, False])
def test_of_a_claim_and_a_flag_at_once_the_later_one_knows_of_the_first(*, is_flag_first: bool) -> None:
    queue = QueueFactory(reviewers_per_item=2)
    (item,) = fill(queue, 1)
    one, other = reviewer(queue), reviewer(queue)
    acts: list[Callable[[], None]] = [lambda: flag(item, one), lambda: claim(item, other)]
    first, second = acts if is_flag_first else acts[::-1]
    with transaction.atomic():
        first()
        late, problems = meanwhile(second)
    late.join(30)
    assert [type(problem) for problem in problems] == [refusals.ItemFlaggedError] * is_flag_first
    assert Item.objects.get().reservations.count() == (0 if is_flag_first else 1)
    if not is_flag_first:
        assert give(item, other).answers == {"thumbs": "up"}


@pytest.mark.django_db(transaction=True)
def test_a_flag_that_an_editor_clears_as_it_is_withdrawn_goes_once() -> None:
    queue = QueueFactory()
    (item,) = fill(queue, 1)
    one, editor = reviewer(queue), reviewer(queue, Membership.Role.EDITOR)
    flag(item, one)
    with transaction.atomic():
        items.unflag(item=item, by=editor)
        late, problems = meanwhile(lambda: undo.undo_flag(item=item, by=one, now=SOON))
    late.join(30)
    assert problems == []
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["item.unflagged"]
    assert Item.objects.get().reservations.get().reviewer == one
