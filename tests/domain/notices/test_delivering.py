"""A message reaches its receiver at least once, however often either of them fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from annotation.domain.notices import delivering, webhooks
from annotation.models import AuditEvent, Delivery, Notice
from tests.domain.notices import happenings
from tests.fixtures.people import People
from tests.fixtures.receiving import Receiver

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("broker")


def test_a_message_that_fails_comes_again_under_its_id_later_each_time(people: People, receiver: Receiver) -> None:
    hook = happenings.hook(people, receiver)
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
    hook = happenings.hook(people, receiver)
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
    hook = happenings.hook(people, receiver)
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
    hook = happenings.hook(people, receiver)
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
    hook = happenings.hook(people, receiver)
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
    hook = happenings.hook(people, receiver)
    for days in (0, 29, 31):
        webhooks.send_test(webhook=hook, now=NOON - timedelta(days=days))
    delivering.forget(now=NOON)
    assert (Notice.objects.count(), Delivery.objects.count()) == (2, 2)
