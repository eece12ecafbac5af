"""The table: seats for many items at once, a fair share of them, held and given back together; and what fits into a row."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection, transaction

from annotation.domain import audit, locks
from annotation.domain.projects import members
from annotation.domain.queues import assignment, items, lifecycle, line, probes, refusals, rows, rubric, sharing, table
from annotation.domain.queues.conditions import Condition
from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric
from annotation.domain.queues.shown import Shown
from annotation.models import Assignment, Item, Membership, Probe, Queue, Reservation, Skip, User
from tests.domain.queues.test_assignment import fill, reviewed, reviewer
from tests.factories.queues import ItemFactory, QueueFactory
from tests.factories.traces import TraceFactory
from tests.fixtures.meanwhile import meanwhile

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=16)


def numbers(queue: Queue, person: User, now: datetime = NOON) -> list[int]:
    return [claim.item.number for claim in table.claim_page(queue=queue, by=person, now=now)]


@pytest.mark.django_db
def test_a_person_alone_gets_a_page_and_the_same_one_again() -> None:
    queue = QueueFactory()
    fill(queue, 25)
    one = reviewer(queue)
    assert numbers(queue, one) == list(range(1, 21))
    assert numbers(queue, one) == list(range(1, 21))
    assert (
        assignment.claim_next(queue=queue, by=one, now=NOON).item.number == 1
    )  # the page of one item goes on with them
    reviewed(Item.objects.get(number=2), one)
    assert numbers(queue, one) == [1, *range(3, 22)]


@pytest.mark.django_db
def test_no_page_takes_more_than_a_share_of_what_is_left() -> None:
    queue = QueueFactory()
    fill(queue, 12)
    one, other, third = (reviewer(queue) for _ in range(3))
    assert numbers(queue, one) == [1, 2, 3, 4, 5, 6]
    assert numbers(queue, other) == [7, 8, 9, 10, 11]
    assert numbers(queue, third) == [12]
    with pytest.raises(refusals.NothingLeftError):
        assignment.claim_next(queue=queue, by=reviewer(queue), now=NOON)


@pytest.mark.django_db
def test_a_page_keeps_to_what_somebody_put_off_or_was_given() -> None:
    queue = QueueFactory()
    first, second, third, *_ = fill(queue, 8)
    one, other = reviewer(queue), reviewer(queue)
    Skip.objects.create(item=first, reviewer=one, skipped_at=NOON)
    Assignment.objects.create(item=third, reviewer=one)
    Assignment.objects.create(item=second, reviewer=other)

    def listed(only: Shown, person: User = one) -> list[int]:
        return [claim.item.number for claim in table.claim_page(queue=queue, by=person, now=NOON, only=only)]

    assert listed(Shown.SKIPPED) == [1]
    assert listed(Shown.ASSIGNED) == [3]
    assert list(Reservation.objects.order_by("item").values_list("item__number", flat=True)) == [1, 3]
    assert numbers(queue, one)[:2] == [1, 3], "what is on the screen already comes first"
    assert listed(Shown.ASSIGNED) == [3]
    assert listed(Shown.SKIPPED, other) == []
    assert listed(Shown.ASSIGNED, other) == [2]


@pytest.mark.django_db
def test_a_page_lapses_and_a_heartbeat_says_what_is_lost() -> None:
    queue = QueueFactory(reservation_minutes=15)
    fill(queue, 3)
    one, other = reviewer(queue), reviewer(queue)
    assert numbers(queue, one) == [1, 2, 3]
    assert table.heartbeat(queue=queue, by=one, numbers=[1, 2, 3], now=NOON + timedelta(minutes=10)) == []
    assert numbers(queue, other, LATER) == []
    assert numbers(queue, other, LATER + timedelta(minutes=10)) == [1, 2, 3]
    reviewed(Item.objects.get(number=3), other)
    assert table.heartbeat(queue=queue, by=one, numbers=[1, 2, 3], now=LATER + timedelta(minutes=10)) == [1, 2, 3]
    assert table.release(queue=queue, by=other) == 2
    assert table.heartbeat(queue=queue, by=one, numbers=[1, 2], now=LATER + timedelta(minutes=10)) == []


@pytest.mark.django_db
def test_a_page_keeps_to_the_line() -> None:
    queue = QueueFactory(order="newest")
    first, second, third, fourth, fifth = fill(queue, 5)
    one = reviewer(queue)
    items.flag(item=fifth, by=reviewer(queue), reason="odd")
    Skip.objects.create(item=fourth, reviewer=one)
    reviewed(third, one)
    Item.objects.filter(pk=second.pk).update(kind=Item.Kind.PAIR, other_trace_uuid=TraceFactory().uuid)
    assert numbers(queue, one) == [first.number, fourth.number]


@pytest.mark.django_db
def test_a_closed_queue_and_a_stranger_get_no_page() -> None:
    queue = QueueFactory(is_open_to_all=False)
    fill(queue, 1)
    with pytest.raises(refusals.NotAReviewerError):
        numbers(queue, reviewer(queue))
    Queue.objects.update(status="paused", is_open_to_all=True)
    with pytest.raises(refusals.QueueNotActiveError):
        numbers(queue, reviewer(queue))


@pytest.mark.django_db
def test_probes_come_at_the_place_where_the_page_of_one_item_would_give_them() -> None:
    queue = QueueFactory(gold_percent=30)
    fill(queue, 8)
    gold = [ItemFactory(queue=queue, number=number, state="done", gold={"thumbs": "up"}) for number in (9, 10)]
    one = reviewer(queue)
    while (probes.draw(queue, one, 0, 0) < 30) or not probes.draw(queue, one, 1, 0) < 30:
        queue.uuid = uuid4()
    Queue.objects.filter(pk=queue.pk).update(uuid=queue.uuid)

    page = numbers(queue, one)

    assert page[:2] == [1, gold[0].number]
    assert Probe.objects.filter(reviewer=one).count() == sum(number > 8 for number in page)
    assert numbers(queue, one) == page
    assert table.heartbeat(queue=queue, by=one, numbers=page, now=NOON) == []


@pytest.mark.django_db
def test_fewer_seats_than_people_before_them_end_in_a_refusal() -> None:
    queue = QueueFactory(reviewers_per_item=2)
    fill(queue, 1)
    one, other = reviewer(queue), reviewer(queue)
    for person in (one, other):
        assignment.claim_next(queue=queue, by=person, now=NOON)
    Queue.objects.update(reviewers_per_item=1)
    with pytest.raises(refusals.NothingLeftError):
        assignment.claim_next(queue=queue, by=one, now=NOON)


@pytest.mark.django_db(transaction=True)
def test_pages_asked_for_at_once_share_no_seat() -> None:
    queue = QueueFactory()
    fill(queue, 60)
    people = [reviewer(queue) for _ in range(6)]
    got: dict[int, list[int]] = {}

    def ask(person: User) -> Callable[[], None]:
        def run() -> None:
            try:
                got[person.pk] = numbers(queue, person)
            finally:
                connection.close()

        return run

    threads = [threading.Thread(target=ask(person)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    given = [number for page in got.values() for number in page]
    assert len(got) == 6
    assert len(given) == len(set(given)) == Reservation.objects.count()
    assert all(len(page) <= 20 for page in got.values())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["claim_page", "heartbeat", "release", "remove_all", "share"])
def test_who_locks_many_items_and_a_change_of_the_queue_do_not_wait_for_each_other(act: str) -> None:
    queue = QueueFactory()
    first, second = fill(queue, 2)
    one = reviewer(queue)
    numbers(queue, one)
    Item.objects.filter(pk=second.pk).update(priority=1, uncertainty=1)  # the first for who follows an index
    acts: dict[str, Callable[[], object]] = {
        "claim_page": lambda: numbers(queue, one),
        "heartbeat": lambda: table.heartbeat(queue=queue, by=one, numbers=[1, 2], now=NOON),
        "release": lambda: table.release(queue=queue, by=one),
        "remove_all": lambda: items.remove_all(queue=queue, items=Item.objects.all(), by=one),
        "share": lambda: sharing.share(queue=queue, items=Item.objects.all(), people=[one], by=one, now=NOON),
    }
    settings = replace(lifecycle.settings_of(queue), double_percent=100, reservation_minutes=7)
    change = partial(lifecycle.edit, queue=queue, settings=settings, rubric=rubric.default(), by=one)
    with transaction.atomic():
        Item.objects.select_for_update(no_key=True).get(pk=first.pk)
        begun = [meanwhile(acts[act]), meanwhile(change)]
    for thread, _ in begun:
        thread.join(30)
    assert [problems for _, problems in begun] == [[], []]
    assert Queue.objects.get().reservation_minutes == 7


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["remove", "change_role", "take_back", "edit"])
def test_who_loses_seats_and_who_is_using_them_do_not_wait_for_each_other(act: str) -> None:
    queue = QueueFactory()
    first, second = fill(queue, 2)
    one, admin = reviewer(queue), reviewer(queue)
    sharing.share(queue=queue, items=Item.objects.all(), people=[one], by=admin, now=NOON)
    numbers(queue, one)
    seat = Membership.objects.get(user=one)
    settings = replace(lifecycle.settings_of(queue), is_open_to_all=False, reviewers=(admin,))
    acts: dict[str, Callable[[], object]] = {
        "remove": lambda: members.remove(membership=seat, by=admin),
        "change_role": lambda: members.change_role(membership=seat, role="viewer", by=admin),
        "take_back": lambda: sharing.take_back(queue=queue, by=admin, reviewer=one),
        "edit": lambda: lifecycle.edit(queue=queue, settings=settings, rubric=rubric.default(), by=admin),
    }
    with transaction.atomic():  # as a page of the table and a submission on it
        locks.under_policy([queue.pk])
        locks.items([first.pk, second.pk])
        line.take_many([second.pk], one, NOON)
        assert Assignment.objects.filter(item=second).delete()[0] == 1
        thread, problems = meanwhile(acts[act])
        line.take_many([first.pk], one, NOON)
        Assignment.objects.filter(item=first).delete()
        audit.record("queue.tested", by=one, workspace=queue.workspace, target=queue)
    thread.join(30)
    assert problems == []
    assert not Assignment.objects.exists()
    assert Reservation.objects.count() == (0 if act == "remove" else 2)


@pytest.mark.django_db(transaction=True)
def test_a_page_asked_for_while_the_queue_ends_takes_no_seat() -> None:
    queue = QueueFactory()
    fill(queue, 2)
    one = reviewer(queue)
    with transaction.atomic():
        lifecycle.set_status(queue=queue, status=Queue.Status.COMPLETED, by=one)
        thread, problems = meanwhile(lambda: numbers(queue, one))
    thread.join(30)
    assert [type(problem) for problem in problems] == [refusals.QueueNotActiveError]
    assert not Reservation.objects.exists()


OPTIONS = (Option(key="a", label="A"), Option(key="b", label="B"))


def question(kind: str, key: str = "asked", **fields: object) -> Question:
    more: dict[str, object] = {"options": OPTIONS} if QuestionKind(kind).has_options else {}
    more |= {"minimum": 1, "maximum": 5} if kind == "scale" else {}
    return Question.model_validate({"key": key, "kind": kind, "label": f"The {key}", **more, **fields})


@pytest.mark.parametrize("kind", sorted(rows.PICKED))
def test_what_one_key_answers_stands_in_the_row(kind: str) -> None:
    asked = Rubric(questions=(question(kind, is_required=True), question("text", "why")))
    assert rows.hindrance(asked) == ""
    assert [one.key for one in rows.beside(asked)] == ["asked"]
    assert [one.key for one in rows.below(asked)] == ["why"]
    assert rows.hindrance(rubric.default()) == ""


@pytest.mark.parametrize(
    ("questions", "why"),
    [
        ([question("text")], "It asks nothing that one key answers."),
        ([question("ranking")], "It asks nothing that one key answers."),
        ([question("thumbs", "good"), question("text", is_required=True)],
         "“The asked” needs an answer, which has to be typed for every item."),
        ([question("thumbs", "good"), question("ranking", is_required=True)],
         "“The asked” needs an answer, and an order does not fit into a row."),
        ([question("thumbs", "good"), question("assertions", required_if=Condition(question="good"))],
         "“The asked” needs an answer, which has to be written for every item."),
        ([question("thumbs", "good"), question("choice", of={"type": "tool"}, is_required=True)],
         "“The asked” needs an answer for single steps."),
        ([*(question("thumbs", f"q{n}") for n in range(4)), question("choice", is_required=True)],
         "“The asked” needs an answer, and only the first 4 questions fit into a row."),
    ],
)  # fmt: skip
def test_a_rubric_that_does_not_fit_says_which_question_is_to_blame(questions: list[Question], why: str) -> None:
    assert rows.hindrance(Rubric(questions=tuple(questions))) == why
