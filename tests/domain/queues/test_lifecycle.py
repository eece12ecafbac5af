"""Queues made, changed and brought to their end."""

from dataclasses import replace
from typing import Any

import pytest

from annotation.domain.queues import lifecycle, rubric, rubric_versions
from annotation.domain.queues.rubric import Parts, Question, QuestionKind, Rubric
from annotation.domain.queues.settings import QueueError, QueueSettings
from annotation.models import AuditEvent, Dataset, Item, Membership, Queue, Reservation
from tests.domain.queues.test_assignment import fill, next_number, reviewed, reviewer
from tests.factories.accounts import MembershipFactory, UserFactory, WorkspaceFactory

pytestmark = pytest.mark.django_db

WHY = Rubric(questions=(Question(key="why", kind=QuestionKind.TEXT, label="Why?"),))


def make(**settings: Any) -> tuple[Queue, QueueSettings]:
    admin = MembershipFactory(role=Membership.Role.ADMIN)
    wanted = QueueSettings(**{"name": " Refunds ", **settings})
    return lifecycle.create(workspace=admin.workspace, settings=wanted, rubric=rubric.default(), by=admin.user), wanted


def test_a_new_queue_is_active_and_asks_the_first_version_of_its_rubric() -> None:
    queue, wanted = make(reviewers_per_item=2, instructions=" Read **all**. ")
    assert (queue.name, queue.status, queue.reviewers_per_item, queue.instructions) == (
        "Refunds",
        "active",
        2,
        "Read **all**.",
    )
    assert rubric_versions.questions_of(queue) == rubric.default()
    assert lifecycle.settings_of(queue) == replace(wanted, name="Refunds", instructions="Read **all**.")
    assert AuditEvent.objects.get().action == "queue.created"


@pytest.mark.parametrize(
    ("settings", "field", "message"),
    [
        ({"name": " "}, "name", "Give the queue a name"),
        ({"reviewers_per_item": 11}, "reviewers_per_item", "Between 1 and 10"),
        ({"reservation_minutes": 0}, "reservation_minutes", "between 1 minute"),
        ({"is_open_to_all": False}, "reviewers", "Name at least one reviewer"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_field(settings: dict[str, object], field: str, message: str) -> None:
    with pytest.raises(QueueError, match=message) as refused:
        make(**settings)
    assert (refused.value.field, Queue.objects.count()) == (field, 0)


def test_reviewers_and_dataset_come_from_the_workspace() -> None:
    queue, wanted = make()
    viewer = MembershipFactory(workspace=queue.workspace, role=Membership.Role.VIEWER).user
    elsewhere = Dataset.objects.create(workspace=WorkspaceFactory(), name="Theirs")
    for changed in (
        replace(wanted, reviewers=(viewer,)),
        replace(wanted, reviewers=(UserFactory(),)),
        replace(wanted, target_dataset=elsewhere),
    ):
        with pytest.raises(QueueError):
            lifecycle.edit(queue=queue, settings=changed, rubric=rubric.default(), by=viewer)


def test_a_name_is_given_once_whatever_its_capitals() -> None:
    queue, wanted = make()
    with pytest.raises(QueueError, match="There is a queue “REFUNDS” already"):
        lifecycle.create(
            workspace=queue.workspace, settings=replace(wanted, name="REFUNDS"), rubric=WHY, by=reviewer(queue)
        )


def test_an_edit_is_told_in_the_audit_log_and_no_edit_is_not() -> None:
    queue, wanted = make()
    person = reviewer(queue)
    changed = replace(wanted, reviewers=(person,), accepts_at_once=True, instructions="New words")
    lifecycle.edit(queue=queue, settings=changed, rubric=WHY, by=person)
    lifecycle.edit(queue=queue, settings=changed, rubric=WHY, by=person)
    (event,) = AuditEvent.objects.filter(action="queue.changed")
    assert event.detail == {
        "accepts_at_once": "True",
        "instructions": "changed",
        "reviewers": [person.email],
        "rubric": 2,
    }


def test_a_changed_rubric_is_a_new_version_and_the_old_one_stays() -> None:
    queue, _ = make()
    person = reviewer(queue)
    for asked, number in [(WHY, 2), (WHY, 2), (Rubric(parts=Parts(layer=False)), 3)]:
        settings = lifecycle.settings_of(queue)
        edited = lifecycle.edit(queue=queue, settings=settings, rubric=asked, by=person)
        assert edited.rubric
        assert edited.rubric.number == number
    kept = [rubric.read(version.questions) for version in queue.rubric_versions.order_by("number")]
    assert kept == [rubric.default(), WHY, Rubric(parts=Parts(layer=False))]


def test_items_follow_the_number_of_reviewers() -> None:
    queue, wanted = make(reviewers_per_item=2)
    first, second, third = fill(queue, 3)
    one, other = reviewer(queue), reviewer(queue)
    reviewed(first, one)
    reviewed(first, other)
    reviewed(second, one)
    Item.objects.filter(pk=third.pk).update(state="removed")
    lifecycle.edit(queue=queue, settings=replace(wanted, reviewers_per_item=1), rubric=WHY, by=one)
    assert list(Item.objects.order_by("number").values_list("state", flat=True)) == ["done", "done", "removed"]
    lifecycle.edit(queue=queue, settings=replace(wanted, reviewers_per_item=3), rubric=WHY, by=one)
    assert list(Item.objects.order_by("number").values_list("state", flat=True)) == ["open", "open", "removed"]


def test_the_ways_from_status_to_status() -> None:
    queue, _ = make()
    person = reviewer(queue)
    fill(queue, 1)
    next_number(queue, person)
    assert lifecycle.set_status(queue=queue, status="paused", by=person).status == "paused"
    assert Reservation.objects.count() == 1
    assert lifecycle.set_status(queue=queue, status="archived", by=person).status == "archived"
    assert Reservation.objects.count() == 0
    with pytest.raises(QueueError, match="archived cannot become active"):
        lifecycle.set_status(queue=queue, status="active", by=person)
    lifecycle.set_status(queue=queue, status="archived", by=person)
    moves = AuditEvent.objects.filter(action="queue.status_changed").order_by("id").values_list("detail", flat=True)
    assert list(moves) == [{"from": "active", "to": "paused"}, {"from": "paused", "to": "archived"}]
