"""Items: added once, numbered, removed and restored, by many at once."""

import threading
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from annotation.domain.queues import items, subjects
from annotation.domain.queues.reasons import Reason
from annotation.models import AuditEvent, Item, Queue
from tests.factories.accounts import UserFactory
from tests.factories.queues import QueueFactory

BY_HAND = Reason(by="Editor")


def traces(count: int) -> list[subjects.Subject]:
    return [subjects.of_trace(uuid.uuid4()) for _ in range(count)]


@pytest.mark.django_db
def test_adds_each_subject_once_with_numbers_in_order() -> None:
    queue, wanted = QueueFactory(), traces(3)
    first = items.add(queue=queue, subjects=wanted[:2], reason=BY_HAND, probability=Decimal("0.1"), priority=2)
    again = items.add(queue=queue, subjects=[*wanted, wanted[2]], reason=BY_HAND)
    assert [item.number for item in first.added] == [1, 2]
    assert (again.added_count, again.present_count) == (1, 2)
    kept = list(Item.objects.order_by("number").values_list("number", "subject", "probability", "priority"))
    assert kept == [
        (1, wanted[0].text, Decimal("0.1"), 2),
        (2, wanted[1].text, Decimal("0.1"), 2),
        (3, wanted[2].text, None, 0),
    ]


@pytest.mark.django_db
def test_a_subject_may_bring_its_own_reason() -> None:
    queue, (one, other) = QueueFactory(), traces(2)
    own = Reason(by="Editor", why=("error in tool pay",))
    items.add(queue=queue, subjects=[one.because(own), other], reason=BY_HAND)
    assert list(Item.objects.order_by("number").values_list("reason", flat=True)) == [
        own.document(),
        BY_HAND.document(),
    ]


@pytest.mark.django_db
def test_names_runs_and_threads() -> None:
    queue, trace, run = QueueFactory(), uuid.uuid4(), uuid.uuid4()
    items.add(queue=queue, subjects=[subjects.of_run(trace, run), subjects.of_thread(7, "a:b")], reason=BY_HAND)
    assert list(
        Item.objects.order_by("number").values_list("kind", "subject", "trace_uuid", "run_uuid", "thread_id")
    ) == [
        ("run", f"run:{run}", trace, run, None),
        ("thread", "thread:7:a:b", None, None, "a:b"),
    ]
    assert subjects.project_id_of("thread:7:a:b") == 7
    assert subjects.project_id_of(f"run:{run}") is None


@pytest.mark.django_db
def test_removed_items_stay_removed_unless_asked() -> None:
    queue, (one,), editor = QueueFactory(), traces(1), UserFactory()
    (item,) = items.add(queue=queue, subjects=[one], reason=BY_HAND).added
    items.remove(item=item, by=editor)
    items.remove(item=item, by=editor)
    left = items.add(queue=queue, subjects=[one], reason=BY_HAND)
    assert (left.added_count, left.present_count, left.removed_count) == (0, 0, 1)
    back = items.add(queue=queue, subjects=[one], reason=BY_HAND, is_restoring=True)
    assert (back.restored_count, back.removed_count) == (1, 0)
    assert Item.objects.get().state == "open"
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["item.removed"]


@pytest.mark.django_db
def test_a_restored_item_is_done_when_it_has_its_reviews() -> None:
    queue, editor = QueueFactory(reviewers_per_item=2), UserFactory()
    (item,) = items.add(queue=queue, subjects=traces(1), reason=BY_HAND).added
    Item.objects.update(review_count=2)
    items.remove(item=item, by=editor)
    assert items.restore(item=item, by=editor).state == "done"


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["completed", "archived"])
def test_closed_queues_take_no_items(status: str) -> None:
    queue = QueueFactory(status=status, name="Refunds")
    with pytest.raises(items.QueueClosedError, match=f"“Refunds” is {status} and takes no items"):
        items.add(queue=queue, subjects=traces(1), reason=BY_HAND)
    assert Item.objects.count() == 0


@pytest.mark.django_db
def test_a_flag_keeps_who_when_and_why_until_cleared() -> None:
    queue, person = QueueFactory(), UserFactory()
    (item,) = items.add(queue=queue, subjects=traces(1), reason=BY_HAND).added
    flagged = items.flag(item=item, by=person, reason=" output is cut off ")
    assert (flagged.flagged_by, flagged.flag_reason, flagged.flagged_at is not None) == (
        person,
        "output is cut off",
        True,
    )
    cleared = items.unflag(item=item, by=person)
    assert (cleared.flagged_by, cleared.flag_reason, cleared.flagged_at) == (None, "", None)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_add_without_twins_or_gaps() -> None:
    queue, wanted = QueueFactory(), traces(40)

    def add(some: list[subjects.Subject]) -> None:
        items.add(queue=Queue.objects.get(pk=queue.pk), subjects=some, reason=BY_HAND)
        connection.close()

    threads = [threading.Thread(target=add, args=(wanted[start : start + 10],)) for start in range(0, 40, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Item.objects.values_list("number", flat=True)) == list(range(1, 41))
    assert set(Item.objects.values_list("subject", flat=True)) == {subject.text for subject in wanted}


@pytest.mark.django_db
def test_another_priority_stands_in_the_audit_log_once() -> None:
    queue, by = QueueFactory(name="Refunds"), UserFactory()
    [item] = items.add(queue=queue, subjects=traces(1), reason=BY_HAND, priority=2).added
    for _ in range(2):
        assert items.set_priority(item=item, priority=-7, by=by).priority == -7
    assert Item.objects.get().priority == -7
    event = AuditEvent.objects.get(action="item.prioritized")
    assert (event.actor_id, event.detail) == (by.pk, {"queue": "Refunds", "number": 1, "from": 2, "to": -7})


@pytest.mark.django_db
def test_another_time_of_adding_stands_in_the_audit_log_once() -> None:
    queue, by, added_at = QueueFactory(), UserFactory(), datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    [item] = items.add(queue=queue, subjects=traces(1), reason=BY_HAND).added
    for _ in range(2):
        assert items.redate(item=item, added_at=added_at, by=by).created_at == added_at
    assert Item.objects.get().created_at == added_at
    event = AuditEvent.objects.get(action="item.redated")
    assert (event.actor_id, event.detail["from"], event.detail["to"]) == (
        by.pk, item.created_at.isoformat(), added_at.isoformat(),
    )  # fmt: skip
