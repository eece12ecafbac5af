"""What happened reaches who asked for it: at least once, signed, and nobody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from annotation.domain.notices import completions, delivering, webhooks
from annotation.domain.notices.webhooks import Terms
from annotation.domain.queues import items, lifecycle, rubric, sharing, subjects
from annotation.domain.queues.lifecycle import QueueSettings
from annotation.domain.queues.reasons import Reason
from annotation.domain.reviews import adjudicate, submit, undo
from annotation.domain.reviews.content import ReviewInput
from annotation.models import AuditEvent, Delivery, Item, Notice, Queue, User, Webhook
from tests.factories.queues import QueueFactory
from tests.factories.traces import TraceFactory
from tests.fixtures.people import People
from tests.fixtures.receiving import Receiver

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("broker")


def _queue(people: People, count: int, **settings: Any) -> tuple[Queue, list[Item]]:
    wished = QueueSettings(name="Refunds", **settings)
    queue = lifecycle.create(workspace=people.workspace, settings=wished, rubric=rubric.default(), by=people.admin)
    return queue, _fill(people, queue, count)


def _fill(people: People, queue: Queue, count: int) -> list[Item]:
    traces = [TraceFactory(project=people.project) for _ in range(count)]
    return list(items.add(queue=queue, subjects=[subjects.of_trace(one.uuid) for one in traces], reason=Reason()).added)


def _say(item: Item, by: User, thumbs: str) -> None:
    submit.submit(item=item, by=by, answers=ReviewInput(answers={"thumbs": thumbs}), now=timezone.now())


def _hook(
    people: People, receiver: Receiver, *, queues: list[Queue] | None = None, kinds: Any = Notice.HEARD
) -> Webhook:
    terms = Terms("Chat", receiver.url, [str(kind) for kind in kinds], queues)
    return webhooks.create(workspace=people.workspace, terms=terms, by=people.admin).webhook


def test_items_given_to_somebody_are_one_message_with_links(
    people: People, receiver: Receiver, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://traces.example.org/"
    hook = _hook(people, receiver)
    queue, added = _queue(people, 5)
    given = [people.reviewer, people.editor]
    sharing.share(queue=queue, items=Item.objects.all(), people=given, by=people.admin, now=NOON)
    delivering.deliver()
    assert [said["data"]["count"] for said in receiver.said] == [3, 2]
    headers, body = receiver.got[0]
    first = receiver.said[0]
    assert first == {
        "type": "item.assigned",
        "timestamp": "2026-03-02T12:00:00+00:00",
        "data": {
            "workspace": "acme",
            "queue": {
                "id": str(queue.uuid),
                "name": "Refunds",
                "url": f"https://traces.example.org/w/acme/queues/{queue.uuid}/",
            },
            "count": 3,
            "items": [
                {
                    "id": str(item.uuid),
                    "number": item.number,
                    "url": f"https://traces.example.org/w/acme/queues/{queue.uuid}/items/{item.number}/",
                }
                for item in added[::2]
            ],
            "person": {"id": str(people.reviewer.uuid), "email": "reviewer@example.com"},
        },
    }
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == wanted
    assert headers["content-type"] == "application/json"


def test_reviews_that_differ_are_told_once_with_the_page_that_settles_them(people: People, receiver: Receiver) -> None:
    _hook(people, receiver)
    _, added = _queue(people, 2, reviewers_per_item=2, decides=Queue.Decides.EDITOR)
    for item, other in zip(added, ("down", "up"), strict=True):
        _say(item, people.reviewer, "up")
        _say(item, people.editor, other)
    _say(added[0], people.editor, "down")
    adjudicate.take(item=added[0], review=added[0].reviews.get(reviewer=people.editor).uuid, by=people.admin, now=NOON)
    delivering.deliver()
    (said,) = receiver.said
    assert (said["type"], said["data"]["count"]) == ("item.disagreement", 1)
    address = said["data"]["items"][0]["url"].removeprefix("http://localhost:8000")
    page = people.client(people.editor).get(address)
    assert (page.status_code, page.context["current"].pk) == (200, added[0].pk)


def test_a_queue_is_done_once_and_again_after_it_was_refilled(people: People, receiver: Receiver) -> None:
    _hook(people, receiver)
    queue, added = _queue(people, 2)
    for item in added:
        completions.note(now=timezone.now())
        _say(item, people.reviewer, "up")
    undo.undo_last(queue=queue, by=people.reviewer, now=timezone.now())
    completions.note(now=timezone.now())
    assert not Notice.objects.exists()
    _say(added[1], people.reviewer, "down")
    for _ in range(2):
        completions.note(now=timezone.now())
    _say(added[1], people.reviewer, "up")  # an edit fills nothing
    completions.note(now=timezone.now())
    delivering.deliver()
    assert [said["type"] for said in receiver.said] == ["queue.done"]
    (more,) = _fill(people, queue, 1)
    completions.note(now=timezone.now())
    _say(more, people.reviewer, "up")
    completions.note(now=timezone.now())
    delivering.deliver()
    assert [said["data"]["queue"]["id"] for said in receiver.said] == [str(queue.uuid)] * 2
    assert len(set(receiver.ids)) == 2


def test_what_was_done_before_anybody_listened_is_not_told_afterwards(people: People, receiver: Receiver) -> None:
    _, (item,) = _queue(people, 1)
    _say(item, people.reviewer, "up")
    completions.note(now=timezone.now())
    _hook(people, receiver)
    completions.note(now=timezone.now())
    delivering.deliver()
    assert receiver.got == []


def test_only_who_asked_for_it_is_told(people: People, receiver: Receiver) -> None:
    queue, _ = _queue(people, 1)
    other = QueueFactory(workspace=people.workspace)
    _hook(people, receiver, queues=[other])
    _hook_of_kind = Terms("Done", receiver.url, ["queue.done"])
    webhooks.create(workspace=people.workspace, terms=_hook_of_kind, by=people.admin)
    elsewhere = Terms("Chat", receiver.url, ["item.assigned"])
    webhooks.create(workspace=people.elsewhere, terms=elsewhere, by=people.outsider)
    off = webhooks.create(
        workspace=people.workspace, terms=Terms("Off", receiver.url, ["item.assigned"]), by=people.admin
    )
    webhooks.turn(webhook=off.webhook, is_on=False, by=people.admin)
    sharing.share(queue=queue, items=Item.objects.all(), people=[people.reviewer], by=people.admin, now=NOON)
    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()


def test_what_is_rolled_back_is_not_told(people: People, receiver: Receiver) -> None:
    _hook(people, receiver)
    queue, _ = _queue(people, 1)
    with transaction.atomic():
        sharing.share(queue=queue, items=Item.objects.all(), people=[people.reviewer], by=people.admin, now=NOON)
        transaction.set_rollback(True)
    delivering.deliver()
    assert receiver.got == []


@pytest.mark.parametrize("is_heard", [False, True])
def test_a_submission_pays_nothing_and_a_disagreement_one_statement(
    people: People, receiver: Receiver, *, is_heard: bool
) -> None:
    if is_heard:
        _hook(people, receiver)
    _, (item, *_) = _queue(people, 2, reviewers_per_item=2, decides=Queue.Decides.EDITOR)
    asked = []
    for person, thumbs in ((people.reviewer, "up"), (people.editor, "down")):
        with CaptureQueriesContext(connection) as seen:
            _say(item, person, thumbs)
        asked.append(sum("annotation_webhook" in one["sql"] for one in seen.captured_queries))
    assert asked == [0, 1]
    assert Delivery.objects.count() == is_heard


def test_a_message_that_fails_comes_again_under_its_id_later_each_time(people: People, receiver: Receiver) -> None:
    hook = _hook(people, receiver)
    receiver.statuses = [500, 503, 200]
    webhooks.send_test(webhook=hook, now=NOON)
    with time_machine.travel(NOON, tick=False) as clock:
        for seconds, count in ((0, 1), (4, 1), (2, 2), (20, 2), (11, 3), (9999, 3)):
            clock.shift(timedelta(seconds=seconds))
            delivering.deliver()
            assert len(receiver.got) == count
    delivery = Delivery.objects.get()
    assert len(set(receiver.ids)) == 1
    assert (delivery.state, delivery.attempt_count, delivery.status, delivery.answer) == (
        "delivered",
        3,
        200,
        "thank you",
    )
    hook.refresh_from_db()
    assert (hook.failure_count, hook.failing_since, hook.rests_until) == (0, None, None)


def test_a_receiver_that_is_down_is_tried_seldom_and_loses_nothing(people: People, receiver: Receiver) -> None:
    hook = _hook(people, receiver)
    receiver.statuses = [500]
    for number in range(20):
        webhooks.send_test(webhook=hook, now=NOON + timedelta(microseconds=number))
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(3):
            delivering.deliver()
        assert len(receiver.got) == 1
        receiver.statuses = [200]
        clock.shift(timedelta(minutes=11))
        delivering.deliver()
    assert (len(receiver.got), len(set(receiver.ids))) == (21, 20)


def test_who_fails_for_days_is_turned_off_with_a_reason(people: People, receiver: Receiver) -> None:
    hook = _hook(people, receiver)
    receiver.statuses = [500]
    webhooks.send_test(webhook=hook, now=NOON)
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(100):
            delivering.deliver()
            clock.shift(timedelta(hours=1))
    hook.refresh_from_db()
    assert not hook.is_on
    assert hook.off_reason == "Nothing could be delivered for 3 days, 12 attempts in a row."
    assert AuditEvent.objects.get(action="webhook.turned_off").actor == "system"
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempt_count) == (Delivery.State.FAILED, 12)
    webhooks.turn(webhook=hook, is_on=True, by=people.admin)
    receiver.statuses = [200]
    webhooks.send_again(delivery=Delivery.objects.get(), now=timezone.now())
    delivering.deliver()
    assert Delivery.objects.get().state == Delivery.State.DELIVERED
    assert len(set(receiver.ids)) == 1


def test_who_says_that_it_is_gone_is_turned_off_at_once(people: People, receiver: Receiver) -> None:
    hook = _hook(people, receiver)
    receiver.statuses = [410]
    webhooks.send_test(webhook=hook, now=timezone.now())
    delivering.deliver()
    hook.refresh_from_db()
    assert (hook.is_on, hook.off_reason) == (False, "The receiver answered that it is gone (410).")
    with pytest.raises(webhooks.WebhookOffError):
        webhooks.send_test(webhook=hook, now=timezone.now())


def test_a_worker_that_dies_between_sending_and_noting_it_sends_again(
    people: People, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = _hook(people, receiver)
    webhooks.send_test(webhook=hook, now=NOON)
    with time_machine.travel(NOON, tick=False) as clock:
        with monkeypatch.context() as killed:
            killed.setattr(delivering, "_finish", _die)
            with pytest.raises(KeyboardInterrupt):
                delivering.deliver()
        delivering.deliver()
        assert len(receiver.got) == 1
        clock.shift(timedelta(seconds=61))
        delivering.deliver()
        delivering.deliver()
    assert (len(receiver.got), len(set(receiver.ids))) == (2, 1)
    assert Delivery.objects.get().state == Delivery.State.DELIVERED


def _die(*_given: Any) -> None:
    raise KeyboardInterrupt


def test_the_log_is_kept_for_a_month(people: People, receiver: Receiver) -> None:
    hook = _hook(people, receiver)
    for days in (0, 29, 31):
        webhooks.send_test(webhook=hook, now=NOON - timedelta(days=days))
    delivering.forget(now=NOON)
    assert (Notice.objects.count(), Delivery.objects.count()) == (2, 2)


def test_webhooks_that_cannot_be_are_refused_and_nothing_of_them_stays(people: People) -> None:
    foreign = QueueFactory(workspace=people.elsewhere)
    good: dict[str, Any] = {
        "name": "Chat",
        "url": "https://hooks.example.com/",
        "kinds": ["queue.done"],
        "queues": None,
    }
    bad: list[tuple[str, dict[str, Any]]] = [
        ("name", {"name": " "}),
        ("events", {"kinds": []}),
        ("events", {"kinds": ["webhook.test"]}),
        ("queues", {"queues": []}),
        ("queues", {"queues": [foreign]}),
        ("url", {"url": "http://hooks.example.com/"}),
    ]
    for field, change in bad:
        with pytest.raises(webhooks.BadWebhookError) as refused:
            webhooks.create(workspace=people.workspace, terms=Terms(**{**good, **change}), by=people.admin)
        assert refused.value.field == field
    webhooks.create(workspace=people.workspace, terms=Terms(**good), by=people.admin)
    with pytest.raises(webhooks.BadWebhookError, match="of this name"):
        webhooks.create(workspace=people.workspace, terms=Terms(**{**good, "name": "chat"}), by=people.admin)
    assert Webhook.objects.count() == 1
    assert AuditEvent.objects.get(action="webhook.created").detail["to"] == "hooks.example.com"
